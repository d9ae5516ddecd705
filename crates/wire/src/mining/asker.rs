//! Who asks for work over HTTP, by the head of the request.

/// What the head of an HTTP request says about the one who asks.
#[derive(Debug, Default)]
pub(crate) struct Asker {
    /// The `User-Agent`.
    pub(crate) agent: Option<String>,
    /// The user of Basic authentication, never the password.
    pub(crate) user: Option<String>,
    /// Login and worker in the path or query.
    pub(crate) path: Option<(String, Option<String>)>,
    /// Whether headers stand there that only miners send.
    pub(crate) mining_headers: bool,
}

impl Asker {
    /// Whether the software calls itself a miner.
    pub(crate) fn is_miner(&self) -> bool {
        const WORDS: [&str; 10] = [
            "miner",
            "poclbm",
            "phoenix",
            "hashkill",
            "xmrig",
            "xmr-stak",
            "libblkmaker",
            "ccminer",
            "ufasoft",
            "claymore",
        ];
        let named = self.agent.as_deref().is_some_and(|agent| {
            let agent = agent.to_ascii_lowercase();
            WORDS.iter().any(|word| agent.contains(word))
        });
        named || self.mining_headers
    }
}
