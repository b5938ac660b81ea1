//! Parts that know nothing of AppStream.

pub mod dialog;
pub mod icon;
pub mod text_field;
