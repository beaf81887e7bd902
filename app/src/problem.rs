//! The one error of all server functions.

use domain::{Problem, ProblemKind};
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use crate::json::JsonText;

/// A problem as it travels between server and browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{0}")]
pub struct AppError(pub Problem);

impl FromServerFnError for AppError {
    type Encoder = JsonText;

    fn from_server_fn_error(value: ServerFnErrorErr) -> Self {
        let error = Self(match value {
            ServerFnErrorErr::Request(_) => {
                Problem::new(ProblemKind::Offline, "No connection right now. What you see may be out of date; the rest will come back by itself.")
            }
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Problem::new(ProblemKind::Conflict, "This page is from an older version. Reload it.")
            }
            _ => Problem::new(ProblemKind::Internal, "Something broke on our side. Nothing of yours is lost. Try again in a moment."),
        });
        // Leptos answers every error with 500 unless a status is set; malformed arguments are not our fault.
        #[cfg(feature = "ssr")]
        let error = crate::server::to_app_error(error.0.into());
        error
    }
}
