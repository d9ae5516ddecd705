//! What holds over whole reports, in every format.

mod agreement;
mod contract;
mod hostile;
mod masking;
mod size;
mod statements;
mod support;
mod workbook;
