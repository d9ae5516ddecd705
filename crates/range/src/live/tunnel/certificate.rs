//! Self-signed certificates, made by `openssl` for one run.

use std::path::PathBuf;

use super::Site;
use crate::live::Lab;
use crate::live::process::output;
use crate::live::trouble::Trouble;

/// A certificate and its key.
pub(super) struct Certificate {
    pub(super) file: PathBuf,
    pub(super) key: PathBuf,
}

impl Certificate {
    /// Makes one for this name.
    pub(super) fn make(lab: &Lab, site: &Site, end: &str) -> Result<Self, Trouble> {
        let (file, key) = (format!("{end}.crt"), format!("{end}.key"));
        let made = Self { file: site.file(lab, &file), key: site.file(lab, &key) };
        let (file, key) = (made.file.to_string_lossy(), made.key.to_string_lossy());
        let subject = format!("/CN={}", site.name);
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
        let rest = ["-days", "30", "-subj", &subject, "-keyout", &key, "-out", &file];
        output("openssl", &[&["req", "-x509"], &curve[..], &rest[..]].concat(), "")?;
        Ok(made)
    }

    /// SHA-256 of it, as `openvpn` takes it.
    pub(super) fn fingerprint(&self) -> Result<String, Trouble> {
        let file = self.file.to_string_lossy();
        let said =
            output("openssl", &["x509", "-noout", "-fingerprint", "-sha256", "-in", &file], "")?;
        Ok(said.rsplit('=').next().unwrap_or_default().to_owned())
    }
}
