//! What containers run: static pods of a kubelet, and compose files where people keep them.
//!
//! YAML is read line by line: a command is a text, a list in brackets, or items on lines of their
//! own; an image is a name. Anchors and includes are not followed.

use std::path::{Path, PathBuf};

use minehound_model::AutostartPlace;

use super::{Keep, Reader, logical_lines};

const COMPOSE: [&str; 4] =
    ["docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml"];

pub(super) fn read(reader: &mut Reader<'_, '_>) {
    let is_yaml = |it: &super::Entry| it.has_extension("yaml") || it.has_extension("yml");
    let mut files = reader.files("/etc/kubernetes/manifests", is_yaml);
    let mut places = reader.scene.homes.clone();
    places.extend(["/root", "/opt", "/srv"].map(PathBuf::from));
    for place in places {
        let mut folders = reader.folders(&place);
        folders.push(place);
        files.extend(folders.iter().flat_map(|it| COMPOSE.map(|name| it.join(name))));
    }
    files.extend(COMPOSE.map(|it| Path::new("/").join(it)));
    for path in files {
        reader.file(AutostartPlace::Container, &path, Keep::All, |reader, source| {
            reader.entries(source, commands(&source.text()));
        });
    }
}

/// The commands and images of a file, each with its line.
pub(super) fn commands(text: &str) -> Vec<(u64, String)> {
    let mut found: Vec<(u64, String)> = Vec::new();
    // Whether items of a list on lines of their own are awaited, and whether any came.
    let mut listed = None;
    for (line, text) in logical_lines(text) {
        let (item, text) = match text.strip_prefix("- ") {
            Some(rest) => (true, rest.trim()),
            None => (false, text.as_str()),
        };
        if let (true, Some(begun)) = (item, listed.as_mut()) {
            let word = unquoted(text);
            match found.last_mut().filter(|_| *begun) {
                Some(last) => {
                    last.1.push(' ');
                    last.1.push_str(word);
                }
                None => found.push((line, word.to_owned())),
            }
            *begun = true;
            continue;
        }
        listed = None;
        let Some((key, value)) = text.split_once(':') else { continue };
        let value = value.trim();
        match key.trim() {
            "image" if !value.is_empty() => found.push((line, unquoted(value).to_owned())),
            // Arguments go to the command before them.
            "args" if value.is_empty() => listed = Some(!found.is_empty()),
            "command" | "entrypoint" if value.is_empty() => listed = Some(false),
            "command" | "entrypoint" => found.push((line, words(value))),
            "args" => match found.last_mut() {
                Some(last) => last.1 = format!("{} {}", last.1, words(value)),
                None => found.push((line, words(value))),
            },
            _ => {}
        }
    }
    found
}

fn words(value: &str) -> String {
    match value.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
        Some(list) => list.split(',').map(|it| unquoted(it.trim())).collect::<Vec<_>>().join(" "),
        None => unquoted(value).to_owned(),
    }
}

fn unquoted(value: &str) -> &str {
    let quotes = ['"', '\''];
    let inner = |quote| value.strip_prefix(quote).and_then(|it| it.strip_suffix(quote));
    quotes.into_iter().find_map(inner).unwrap_or(value)
}
