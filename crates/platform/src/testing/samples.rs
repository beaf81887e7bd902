//! What features tell the tests of isolation and of query plans.

use std::borrow::Cow;

use futures::future::BoxFuture;
use uuid::Uuid;

use crate::{Config, Files, Platform};

/// What the tests of isolation need of a feature: the rows of a victim that they try to get at, and what its requests name. A feature declares
/// it in its own crate, as `testing::SAMPLES`.
///
/// In SQL, addresses, bodies and values, `{name}` stands for the value of that name, or for the id of the victim's row with that name if there
/// is none ([`id`]). `{victim}` is the victim's account.
#[derive(Clone, Copy)]
pub struct Samples {
    /// Settings of the server that the requests need.
    pub configure: fn(&mut Config),
    /// SQL of the victim's rows, one in each table of the feature; `$1` is the victim's account.
    pub rows: &'static [&'static str],
    /// Rows that no plain SQL makes. Runs after `rows`, and returns values that are known only then.
    pub prepare: fn(Platform, Uuid) -> Prepared,
    /// Files that the rows speak of.
    pub files: fn(&Files, Uuid) -> std::io::Result<()>,
    /// What names stand for that are no ids.
    pub values: &'static [Value],
    /// Cookies that the victim's browser has besides the session's.
    pub cookies: &'static [(&'static str, &'static str)],
    /// SQL that fills the feature's tables with as many rows as a server has, for the planner of the database to choose by. Rows of athletes are
    /// selected from `owned` (`n`, `id`, `athlete`, `at`) or, for one in seven of them, `few`.
    pub fill: &'static str,
    /// SQL by which the victim allows others to see what they may share, or starts what they may stop; `$1` is the victim's account.
    pub permit: &'static [&'static str],
}

impl Samples {
    /// None yet.
    pub const NONE: Self = Self {
        configure: |_| (),
        rows: &[],
        prepare: |_, _| Box::pin(async { Ok(Vec::new()) }),
        files: |_, _| Ok(()),
        values: &[],
        cookies: &[],
        fill: "",
        permit: &[],
    };
}

/// What [`Samples::prepare`] returns once it is done.
pub type Prepared = BoxFuture<'static, Result<Vec<Value>, crate::Error>>;

/// A value with its name.
pub type Value = (&'static str, Meaning);

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// The same for everyone.
    Plain(Cow<'static, str>),
    /// Something of the victim's, and what stands for the same of nobody.
    Named(Cow<'static, str>, &'static str),
    /// What only the victim knows; others guess.
    Secret(Cow<'static, str>),
}

impl Meaning {
    /// The same for everyone.
    #[must_use]
    pub const fn plain(text: &'static str) -> Self {
        Self::Plain(Cow::Borrowed(text))
    }

    /// Something of the victim's, and what stands for the same of nobody.
    #[must_use]
    pub const fn named(of_victim: &'static str, of_nobody: &'static str) -> Self {
        Self::Named(Cow::Borrowed(of_victim), of_nobody)
    }

    /// What only the victim knows.
    #[must_use]
    pub const fn secret(text: &'static str) -> Self {
        Self::Secret(Cow::Borrowed(text))
    }
}

/// The id that stands for a name, the same in every run.
#[must_use]
pub fn id(name: &str) -> Uuid {
    // FNV-1a: short, and good enough for names.
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, b| (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | u128::from(hash >> 8))
}

/// A text in which each `{name}` is replaced by what `of` says of it.
pub fn fill(text: &str, of: &impl Fn(&str) -> String) -> String {
    let Some((before, rest)) = text.split_once('{') else { return text.to_owned() };
    let name = rest.split_once('}').filter(|(name, _)| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
    match name {
        Some((name, rest)) => format!("{before}{}{}", of(name), fill(rest, of)),
        None => format!("{before}{{{}", fill(rest, of)),
    }
}
