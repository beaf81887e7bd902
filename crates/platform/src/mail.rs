//! Letters: by SMTP where it is set, else as files that whoever runs the server can open.

use std::path::{Path, PathBuf};

use lettre::message::{Mailbox, header};
use lettre::{AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use uuid::Uuid;

use crate::config::Mail;
use crate::{Error, Tasks};

/// A letter to one account, plain text.
#[derive(Debug, Clone)]
pub struct Email {
    /// Whose it is, so that it goes with the account where letters are files.
    pub account: Uuid,
    /// The address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Paragraphs.
    pub text: String,
}

/// Sends letters. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    from: Mailbox,
    way: Transport,
    tasks: Tasks,
}

#[derive(Clone)]
enum Transport {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Files(PathBuf),
}

impl Mailer {
    /// As the settings say; a wrong setting is an error before the first letter.
    pub fn open(settings: &Mail, data: &Path, tasks: &Tasks) -> Result<Self, Error> {
        let from = settings.from.parse().map_err(|e| Error::Internal(format!("mail.from {:?}: {e}", settings.from)))?;
        let way = match &settings.smtp_url {
            Some(url) => {
                let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|e| Error::Internal(format!("mail.smtp: {e}")))?;
                Transport::Smtp(transport.build())
            }
            None => Transport::Files(data.join("mail")),
        };
        Ok(Self { from, way, tasks: tasks.clone() })
    }

    /// The folder with the letters, where they are files.
    #[must_use]
    pub fn file_transport_dir(&self) -> Option<&Path> {
        match &self.way {
            Transport::Smtp(_) => None,
            Transport::Files(folder) => Some(folder),
        }
    }

    /// Sends a letter.
    pub async fn send(&self, letter: &Email) -> Result<(), Error> {
        let unsent = |e: &dyn std::fmt::Display| Error::Internal(format!("a letter was not sent: {e}"));
        let to: Mailbox = letter.to.parse().map_err(|e| unsent(&e))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(&letter.subject)
            .header(header::ContentType::TEXT_PLAIN)
            .body(letter.text.clone())
            .map_err(|e| unsent(&e))?;
        match &self.way {
            Transport::Smtp(transport) => transport.send(message).await.map(|_| ()).map_err(|e| unsent(&e)),
            Transport::Files(folder) => {
                // A folder for each account: it vanishes with the account.
                let folder = folder.join(letter.account.to_string());
                std::fs::create_dir_all(&folder)?;
                let name = AsyncFileTransport::<Tokio1Executor>::new(&folder).send(message).await.map_err(|e| unsent(&e))?;
                tracing::info!(path = %folder.join(format!("{name}.eml")).display(), "a letter is in a file");
                Ok(())
            }
        }
    }

    /// Sends letters beside a request: how long it takes tells nothing. A server that stops sends them first.
    pub fn send_in_background(&self, letters: impl IntoIterator<Item = Email>) {
        let (mailer, letters) = (self.clone(), letters.into_iter().collect::<Vec<_>>());
        self.tasks.spawn(async move {
            for letter in letters {
                if let Err(error) = mailer.send(&letter).await {
                    tracing::error!(%error, "a letter stays behind");
                }
            }
        });
    }

    /// Forgets the letters of an account, where they are files.
    pub fn delete_for_account(&self, account: Uuid) -> std::io::Result<()> {
        match self.file_transport_dir().map(|f| std::fs::remove_dir_all(f.join(account.to_string()))) {
            Some(Err(error)) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}
