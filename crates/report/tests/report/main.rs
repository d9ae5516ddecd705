//! What holds over whole reports, in every format.

#[cfg(test)]
mod agreement;
#[cfg(test)]
mod brevity;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod masking;
#[cfg(test)]
mod size;
#[cfg(test)]
mod statements;
#[cfg(test)]
mod support;
#[cfg(test)]
mod workbook;
