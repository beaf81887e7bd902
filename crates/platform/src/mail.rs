//! Outgoing email: by SMTP if it is configured, else to files that the operator can open.

use std::path::{Path, PathBuf};

use lettre::message::{Mailbox, header};
use lettre::{AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use uuid::Uuid;

use crate::config::Mail;
use crate::{Error, Tasks};

/// A plain-text email to one account.
#[derive(Debug, Clone)]
pub struct Email {
    /// The account, so that emails in files are deleted with it.
    pub account: Uuid,
    /// The recipient's address.
    pub to: String,
    /// A single line.
    pub subject: String,
    /// Paragraphs.
    pub text: String,
}

/// Sends emails. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    from: Mailbox,
    transport: Transport,
    tasks: Tasks,
}

#[derive(Clone)]
enum Transport {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Files(PathBuf),
}

impl Mailer {
    /// A mailer for the configuration; a wrong setting is an error here, not at the first email.
    pub fn open(settings: &Mail, data: &Path, tasks: &Tasks) -> Result<Self, Error> {
        let from = settings.from.parse().map_err(|e| Error::Internal(format!("mail.from {:?}: {e}", settings.from)))?;
        let transport = match &settings.smtp_url {
            Some(url) => {
                let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|e| Error::Internal(format!("mail.smtp_url: {e}")))?;
                Transport::Smtp(transport.build())
            }
            None => Transport::Files(data.join("mail")),
        };
        Ok(Self { from, transport, tasks: tasks.clone() })
    }

    /// The folder that emails are written to, if they are written to files.
    #[must_use]
    pub fn file_transport_dir(&self) -> Option<&Path> {
        match &self.transport {
            Transport::Smtp(_) => None,
            Transport::Files(folder) => Some(folder),
        }
    }

    /// Sends an email.
    pub async fn send(&self, email: &Email) -> Result<(), Error> {
        let unsent = |e: &dyn std::fmt::Display| Error::Internal(format!("an email could not be sent: {e}"));
        let to: Mailbox = email.to.parse().map_err(|e| unsent(&e))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(&email.subject)
            .header(header::ContentType::TEXT_PLAIN)
            .body(email.text.clone())
            .map_err(|e| unsent(&e))?;
        match &self.transport {
            Transport::Smtp(transport) => transport.send(message).await.map(|_| ()).map_err(|e| unsent(&e)),
            Transport::Files(folder) => {
                // A folder for each account: it is deleted with the account.
                let folder = folder.join(email.account.to_string());
                std::fs::create_dir_all(&folder)?;
                let name = AsyncFileTransport::<Tokio1Executor>::new(&folder).send(message).await.map_err(|e| unsent(&e))?;
                tracing::info!(path = %folder.join(format!("{name}.eml")).display(), "an email was written to a file");
                Ok(())
            }
        }
    }

    /// Sends emails in the background, so that the response time reveals nothing. A server that shuts down sends them first.
    pub fn send_in_background(&self, emails: impl IntoIterator<Item = Email>) {
        let (mailer, emails) = (self.clone(), emails.into_iter().collect::<Vec<_>>());
        self.tasks.spawn(async move {
            for email in emails {
                if let Err(error) = mailer.send(&email).await {
                    tracing::error!(%error, "an email was not sent");
                }
            }
        });
    }

    /// Deletes the emails of an account, if they are written to files.
    pub fn delete_for_account(&self, account: Uuid) -> std::io::Result<()> {
        match self.file_transport_dir().map(|f| std::fs::remove_dir_all(f.join(account.to_string()))) {
            Some(Err(error)) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}
