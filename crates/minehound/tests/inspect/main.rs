//! The program as its users run it.

#[cfg(test)]
mod coverage;
#[cfg(test)]
mod language;
#[cfg(test)]
mod people;
#[cfg(test)]
mod program;
#[cfg(test)]
mod range;
#[cfg(test)]
mod target;
