//! What is special about images: how fresh they are and what stands on them ([`catalogue`]), where they come from ([`lineage`]), and
//! who else may use them ([`sharing`]).

pub mod catalogue;
pub mod lineage;
pub mod sharing;
