//! The program as its users run it.

#[cfg(test)]
mod program;
