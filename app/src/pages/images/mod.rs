//! What is special about images: sharing, one at a time and as a matrix.

pub mod dialog;
pub mod matrix;
mod staging;
