//! A browser as a benchmark needs it: one connection that stays open, one cookie, and the time until the last byte.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// What a form of a page is sent as.
const FORM: &str = "application/x-www-form-urlencoded";

/// One connection.
pub(super) struct Client {
    stream: BufReader<TcpStream>,
    address: String,
    cookie: String,
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
    pub(super) took: Duration,
}

impl Client {
    /// Connects to `host:port`, with the cookies of another client, if any.
    pub(super) fn connect(address: &str, cookie: &str) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream), address: address.to_owned(), cookie: cookie.to_owned() })
    }

    /// The cookies that answers have set.
    pub(super) fn cookie(&self) -> &str {
        &self.cookie
    }

    /// Gets a page in an encoding (`identity`, `br`, …).
    pub(super) fn get(&mut self, path: &str, encoding: &str) -> std::io::Result<Answer> {
        self.send("GET", path, encoding, FORM, b"")
    }

    /// Posts a form as this site's own page does.
    pub(super) fn post(&mut self, path: &str, form: &str) -> std::io::Result<Answer> {
        self.send("POST", path, "identity", FORM, form.as_bytes())
    }

    /// Sends a body of a content type.
    pub(super) fn send(&mut self, method: &str, path: &str, encoding: &str, content_type: &str, content: &[u8]) -> std::io::Result<Answer> {
        let Self { address, cookie, .. } = self;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\nAccept: text/html\r\n\
             Accept-Encoding: {encoding}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
            content.len()
        );
        let start = Instant::now();
        self.stream.get_mut().write_all(request.as_bytes())?;
        self.stream.get_mut().write_all(content)?;
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if self.stream.read_line(&mut head)? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
        let body = self.body(&head)?;
        let took = start.elapsed();
        for line in head.lines().filter(|l| l.to_ascii_lowercase().starts_with("set-cookie:")).map(|l| l[11..].trim()) {
            let pair = line.split(';').next().unwrap_or_default();
            let name = pair.split('=').next().unwrap_or_default();
            let others = self.cookie.split("; ").filter(|c| !c.is_empty() && c.split('=').next() != Some(name));
            self.cookie = others.chain([pair]).collect::<Vec<_>>().join("; ");
        }
        let status = head.split_whitespace().nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
        Ok(Answer { status, head, body, took })
    }

    fn body(&mut self, head: &str) -> std::io::Result<Vec<u8>> {
        let head = head.to_ascii_lowercase();
        let mut body = Vec::new();
        if let Some((_, rest)) = head.split_once("content-length:") {
            let length = rest.lines().next().and_then(|n| n.trim().parse().ok()).unwrap_or(0);
            self.stream.by_ref().take(length).read_to_end(&mut body)?;
        } else if head.contains("transfer-encoding: chunked") {
            loop {
                let mut size = String::new();
                self.stream.read_line(&mut size)?;
                let length = u64::from_str_radix(size.trim(), 16).map_err(|_| std::io::ErrorKind::InvalidData)?;
                self.stream.by_ref().take(length).read_to_end(&mut body)?;
                let mut end = String::new();
                self.stream.read_line(&mut end)?;
                if length == 0 {
                    break;
                }
            }
        }
        Ok(body)
    }
}
