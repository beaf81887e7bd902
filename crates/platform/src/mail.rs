//! Outgoing email: by SMTP if it is configured, else to files that the operator can open.

use std::path::{Path, PathBuf};

use lettre::message::{Mailbox, header};
use lettre::{AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::config::Mail;
use crate::jobs::{Job, Queue};
use crate::{Error, Platform, Tx, decode_hex, hex};

/// A plain-text email to one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// The job that sends an email. It waits in the queue sealed: emails carry links that open accounts.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendEmail {
    athlete: Uuid,
    /// An [`Email`] as JSON, encrypted, as hexadecimal digits.
    sealed: String,
}

impl Job for SendEmail {
    const NAME: &'static str = "send_email";
    const QUEUE: Queue = Queue::Mail;

    fn key(&self) -> Option<String> {
        None
    }

    async fn run(self, platform: &Platform) -> Result<(), Error> {
        let sealed = decode_hex(&self.sealed).ok_or_else(|| Error::Internal("an email in the queue is no hexadecimal number".to_owned()))?;
        let email = serde_json::from_slice(&platform.keys.open_sealed(&purpose(self.athlete), &sealed)?)?;
        platform.mail.send(&email).await
    }
}

impl Platform {
    /// Enqueues an email in the transaction that makes it necessary: it is sent if that is committed, whatever happens to this process or the mail
    /// server, and the response does not wait for it.
    pub async fn send_email(&self, tx: &mut Tx, email: &Email) -> Result<(), Error> {
        let athlete = tx.acting()?.subject;
        let sealed = self.keys.seal(&self.ids, &purpose(athlete), &serde_json::to_vec(email)?)?;
        tx.enqueue(&SendEmail { athlete, sealed: hex(&sealed) }).await
    }
}

/// What a sealed email is for: it opens as an email of this account's transactions and as nothing else.
fn purpose(athlete: Uuid) -> String {
    format!("email {athlete}")
}

/// Sends emails. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    from: Mailbox,
    transport: Transport,
}

#[derive(Clone)]
enum Transport {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Files(PathBuf),
}

impl Mailer {
    /// A mailer for the configuration; a wrong setting is an error here, not at the first email.
    pub fn open(settings: &Mail, data: &Path) -> Result<Self, Error> {
        let from = settings.from.parse().map_err(|e| Error::Internal(format!("mail.from {:?}: {e}", settings.from)))?;
        let transport = match &settings.smtp_url {
            Some(url) => {
                let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|e| Error::internal("mail.smtp_url", &e))?;
                Transport::Smtp(transport.build())
            }
            None => Transport::Files(data.join("mail")),
        };
        Ok(Self { from, transport })
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
        let unsent = |e: &(dyn std::error::Error + 'static)| Error::internal("an email could not be sent", e);
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

    /// Deletes the emails of an account, if they are written to files.
    pub fn delete_for_account(&self, account: Uuid) -> std::io::Result<()> {
        match self.file_transport_dir().map(|f| std::fs::remove_dir_all(f.join(account.to_string()))) {
            Some(Err(error)) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}
