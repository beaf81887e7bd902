//! A mail server for tests that stores what it receives, and can be slow or refuse.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use platform::{Mailer, Platform, config};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

#[derive(Clone, Default)]
pub(super) struct MailServer {
    messages: Arc<Mutex<Vec<String>>>,
    /// Messages that were started.
    pub(super) begun: Arc<AtomicUsize>,
    pub(super) refuses: Arc<AtomicBool>,
    /// No message is accepted while a test holds this.
    pub(super) busy: Arc<tokio::sync::Mutex<()>>,
}

impl MailServer {
    /// Replaces a platform's mail files by a mail server.
    pub(super) async fn of(platform: &mut Platform) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let settings = config::Mail { smtp_url: Some(format!("smtp://{}", listener.local_addr().expect("address"))), ..config::Mail::default() };
        platform.mail = Mailer::open(&settings, &platform.config.storage.data_dir).expect("a mailer");
        let server = Self::default();
        let here = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(here.clone().talk(stream));
            }
        });
        server
    }

    /// The messages that were accepted.
    pub(super) fn messages(&self) -> Vec<String> {
        self.messages.lock().expect("lock").iter().map(|text| text.replace("=\r\n", "")).collect()
    }

    async fn talk(self, stream: TcpStream) {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 here\r\n").await.expect("greeted");
        while let Ok(Some(line)) = lines.next_line().await {
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
            let answer: &[u8] = match verb.as_str() {
                "MAIL" => {
                    self.begun.fetch_add(1, Ordering::SeqCst);
                    drop(self.busy.lock().await);
                    if self.refuses.load(Ordering::SeqCst) { b"451 not now\r\n" } else { b"250 go on\r\n" }
                }
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await.expect("answered");
                    let mut text = String::new();
                    while let Ok(Some(line)) = lines.next_line().await {
                        if line == "." {
                            break;
                        }
                        text += &line;
                        text += "\r\n";
                    }
                    self.messages.lock().expect("lock").push(text);
                    b"250 taken\r\n"
                }
                "QUIT" => return drop(write.write_all(b"221 gone\r\n").await),
                _ => b"250 here\r\n",
            };
            write.write_all(answer).await.expect("answered");
        }
    }
}
