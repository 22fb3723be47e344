//! Leaks on purpose, for the test of privacy: a test that never failed proves nothing until it is seen to fail.
//!
//! `leak!(Name)` stands where a mistake would break the rule of privacy, and says whether the mistake is to be
//! made. In tests and benchmarks that is so while [`plant`] says it; `tests/non_interference` plants one leak after
//! the other and must catch each. In every other build the feature `planted-leaks` is off: then `leak!` is the
//! constant `false`, and no leak, switch or name of one is in the program.

/// Whether this build can leak on purpose, and so must not serve anybody.
pub const IN_THIS_BUILD: bool = cfg!(feature = "planted-leaks");

/// Whether the leak of this name is to be made.
#[cfg(feature = "planted-leaks")]
macro_rules! leak {
    ($name:ident) => {
        $crate::leaks::is_planted($crate::leaks::Leak::$name)
    };
}

#[cfg(not(feature = "planted-leaks"))]
macro_rules! leak {
    ($name:ident) => {
        $crate::leaks::none()
    };
}

/// No leak: a constant, so that what stands behind it is not compiled in.
#[cfg(not(feature = "planted-leaks"))]
#[inline(always)]
pub const fn none() -> bool {
    false
}

#[cfg(feature = "planted-leaks")]
pub use planted::{Leak, is_planted, plant, planted};

#[cfg(feature = "planted-leaks")]
mod planted;
