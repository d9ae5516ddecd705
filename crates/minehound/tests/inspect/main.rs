//! The program as its users run it.

#[cfg(test)]
mod clues;
#[cfg(test)]
mod coverage;
#[cfg(test)]
mod disk;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod language;
#[cfg(test)]
mod logs;
#[cfg(test)]
mod loopback;
#[cfg(test)]
mod people;
#[cfg(test)]
mod program;
#[cfg(test)]
mod quotes;
#[cfg(test)]
mod range;
#[cfg(test)]
mod target;
