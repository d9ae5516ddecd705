//! The program as its users run it.

#[cfg(test)]
mod coverage;
mod disk;
#[cfg(test)]
mod language;
mod loopback;
#[cfg(test)]
mod people;
#[cfg(test)]
mod program;
mod quotes;
#[cfg(test)]
mod range;
#[cfg(test)]
mod target;
