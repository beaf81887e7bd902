//! Archives of recordings, zip or tar, read entry by entry within limits; with the metadata of a Strava export.

mod catalog;
mod directory;

pub use catalog::{About, StravaCatalog};
pub use directory::{Curtained, Zip, open_zip};

use std::io::{self, Read, Seek};

use crate::{Part, ReadError, Warning};

/// Limits against a hostile archive.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Maximum unpacked bytes of one recording.
    pub entry_bytes: u64,
    /// Maximum unpacked bytes of all entries together.
    pub total_bytes: u64,
    /// Maximum number of entries.
    pub entries: usize,
    /// Whether a nested archive may be handed out; the caller opens it with `false`, so that nesting ends at one level.
    pub nested: bool,
}

/// Maximum compression ratio of a zip, not counting one recording: GPX, which compresses best, has thirty.
pub const MOST_RATIO: u64 = 100;
/// Maximum bytes of a catalog: tens of thousands of activities with their descriptions.
const CATALOG_BYTES: u64 = 32 << 20;
/// Maximum bytes of a name that a tar has in an entry of its own.
const TAR_NAME_BYTES: u64 = 64 << 10;

/// One file of an archive that is a recording, or an archive of them, by its name.
pub struct Entry<'a> {
    /// For display; never used as a path.
    pub name: String,
    /// Its entry in the archive's catalog.
    pub about: Option<About>,
    /// The unpacked bytes, up to a limit, or why there are none.
    pub content: Result<&'a mut dyn Read, ReadError>,
}

/// Counts what is read and stops at a limit.
struct Bounded<R> {
    inner: R,
    left: u64,
    over: bool,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            // One more byte shows whether the entry ended exactly here.
            self.over = self.over || self.inner.read(&mut [0])? > 0;
            return if self.over { Err(io::Error::other(TOO_LARGE)) } else { Ok(0) };
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(out.len());
        let n = self.inner.read(&mut out[..most])?;
        self.left -= n as u64;
        Ok(n)
    }
}

/// The error text of reading beyond a limit.
pub const TOO_LARGE: &str = "larger than it may be";

/// The remaining limits while an archive is read.
struct Budget {
    limits: Limits,
    left: u64,
    seen: usize,
    handed_out: usize,
    warnings: Vec<Warning>,
}

impl Budget {
    fn new(limits: Limits) -> Self {
        Self { left: limits.total_bytes, limits, seen: 0, handed_out: 0, warnings: Vec::new() }
    }

    /// Hands out an entry; `false` if nothing more may be read.
    fn give(&mut self, name: String, about: Option<About>, content: impl Read, each: &mut impl FnMut(Entry<'_>)) -> bool {
        let archive = is_archive(&name);
        if archive && !self.limits.nested {
            each(Entry { name, about, content: Err(ReadError::NestedArchive) });
            return true;
        }
        let allowed = if archive { self.left } else { self.limits.entry_bytes.min(self.left) };
        let mut bounded = Bounded { inner: content, left: allowed, over: false };
        each(Entry { name, about, content: Ok(&mut bounded) });
        self.handed_out += 1;
        self.left -= allowed - bounded.left;
        if self.left == 0 && bounded.over {
            self.warnings.push(Warning::ArchiveTooLarge);
            return false;
        }
        true
    }

    /// Whether one more entry may be read.
    fn one_more(&mut self) -> bool {
        self.seen += 1;
        if self.seen == self.limits.entries + 1 {
            self.warnings.push(Warning::TooManyEntries { limit: self.limits.entries as u64 });
        }
        self.seen <= self.limits.entries
    }
}

/// Calls `each` for every file of a zip that may be a recording or an archive of them, one at a time and as a stream.
/// Folders, hidden files and other file types are skipped; what exceeds a limit is reported in the warnings. A catalog
/// (`activities.csv` of a Strava export) is read first, and its titles and descriptions come with the entries.
pub fn for_each_in_zip<R: Read + Seek>(mut reader: R, limits: Limits, mut each: impl FnMut(Entry<'_>)) -> Result<Vec<Warning>, ReadError> {
    let packed = reader.seek(io::SeekFrom::End(0)).map_err(|_| ReadError::Damaged { part: Part::ZipDirectory })?;
    let most = packed.saturating_mul(MOST_RATIO).saturating_add(limits.entry_bytes);
    let limits = Limits { total_bytes: limits.total_bytes.min(most), ..limits };
    let mut zip = open_zip(reader)?;
    let mut budget = Budget::new(limits);
    let catalog = catalog_of(&mut zip, limits);
    for index in 0..zip.len() {
        if !budget.one_more() {
            break;
        }
        let Ok(mut file) = zip.by_index(index) else {
            let content = Err(ReadError::Damaged { part: Part::ZipEntry });
            each(Entry { name: format!("entry {}", index + 1), about: None, content });
            continue;
        };
        let name = display_name(file.name());
        if file.is_dir() || !is_wanted(&name) {
            continue;
        }
        let about = catalog.as_ref().and_then(|c| c.about(&name));
        if !budget.give(name, about, &mut file, &mut each) {
            break;
        }
    }
    if let Some(lone) = catalog.map(|c| c.without_file()).filter(|n| *n > 0) {
        budget.warnings.push(Warning::WithoutRecording { activities: lone as u64 });
    }
    Ok(budget.warnings)
}

fn catalog_of<R: Read + Seek>(zip: &mut Zip<R>, limits: Limits) -> Option<StravaCatalog> {
    let name = zip.file_names().find(|n| n.rsplit('/').next().is_some_and(|n| n.eq_ignore_ascii_case("activities.csv")))?.to_owned();
    let file = zip.by_name(&name).ok()?;
    let mut bytes = Vec::new();
    // A damaged list loses only the titles after the damage.
    let _ = file.take(limits.entry_bytes.min(CATALOG_BYTES)).read_to_end(&mut bytes);
    Some(StravaCatalog::parse(&bytes))
}

/// Calls `each` for every file of a tar that may be a recording or an archive of them. A gzipped one is unpacked by the caller.
pub fn for_each_in_tar<R: Read>(reader: R, limits: Limits, mut each: impl FnMut(Entry<'_>)) -> Result<Vec<Warning>, ReadError> {
    let mut budget = Budget::new(limits);
    // Everything that is skipped is unpacked, too: a bomb may hide there.
    let headers = (limits.entries as u64).saturating_mul(2048);
    let bounded = Bounded { inner: reader, left: limits.total_bytes.saturating_mul(2).saturating_add(headers), over: false };
    let mut tar = tar::Archive::new(bounded);
    // Raw, because the library reads a name of any length into memory.
    let mut long_name = None;
    for entry in tar.entries().map_err(|_| ReadError::Damaged { part: Part::Tar })?.raw(true) {
        let mut entry = match entry {
            Ok(entry) => entry,
            Err(_) if budget.handed_out == 0 => return Err(ReadError::Damaged { part: Part::Tar }),
            Err(_) => {
                budget.warnings.push(Warning::ArchiveEndedEarly);
                break;
            }
        };
        match role_of(&mut entry) {
            EntryRole::Content => {}
            EntryRole::NextName(name) => {
                long_name = Some(name);
                continue;
            }
            EntryRole::Other => continue,
        }
        if !budget.one_more() {
            break;
        }
        let name = long_name.take().unwrap_or_else(|| entry.path_bytes().into_owned());
        let name = display_name(&String::from_utf8_lossy(&name));
        if !entry.header().entry_type().is_file() || !is_wanted(&name) {
            continue;
        }
        if !budget.give(name, None, entry, &mut each) {
            break;
        }
    }
    Ok(budget.warnings)
}

/// What an entry of a tar is for.
enum EntryRole {
    /// It has content of its own.
    Content,
    /// It names the entry after it.
    NextName(Vec<u8>),
    /// It has other metadata of the entry after it.
    Other,
}

fn role_of(entry: &mut tar::Entry<'_, impl Read>) -> EntryRole {
    let kind = entry.header().entry_type();
    if !(kind.is_gnu_longname() || kind.is_gnu_longlink() || kind.is_pax_local_extensions() || kind.is_pax_global_extensions()) {
        return EntryRole::Content;
    }
    let mut bytes = Vec::new();
    // A read error shows at the next entry.
    let _ = entry.take(TAR_NAME_BYTES).read_to_end(&mut bytes);
    if kind.is_gnu_longname() {
        bytes.truncate(bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len()));
        return EntryRole::NextName(bytes);
    }
    let path = |extension: tar::PaxExtension<'_>| (extension.key_bytes() == b"path").then(|| extension.value_bytes().to_vec());
    let name = tar::PaxExtensions::new(&bytes).flatten().find_map(path).filter(|_| kind.is_pax_local_extensions());
    name.map_or(EntryRole::Other, EntryRole::NextName)
}

/// The name without folders, drive letters, and what is invisible or turns the text around it; an archive's paths are never followed.
#[must_use]
pub fn display_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or(name);
    domain::one_line(last).chars().take(200).collect()
}

fn is_wanted(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let plain = lower.strip_suffix(".gz").unwrap_or(&lower);
    !lower.starts_with('.') && ([".fit", ".gpx", ".tcx"].iter().any(|end| plain.ends_with(end)) || is_archive(&lower))
}

fn is_archive(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    [".zip", ".tar", ".tar.gz", ".tgz"].iter().any(|end| lower.ends_with(end))
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::write::SimpleFileOptions;

    use super::*;

    fn zip_of(entries: &[(&str, &[u8])]) -> Cursor<Vec<u8>> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in entries {
            zip.start_file(*name, SimpleFileOptions::default()).expect("start");
            zip.write_all(bytes).expect("write");
        }
        zip.finish().expect("finish")
    }

    #[test]
    fn a_name_is_shown_without_folders_and_as_it_is() {
        assert_eq!(display_name("C:\\runs/../\u{202e}tif.exe\u{0}"), "tif.exe");
        assert_eq!(display_name("лес/бег 1.fit"), "бег 1.fit");
    }

    const LIMITS: Limits = Limits { entry_bytes: 1000, total_bytes: 1500, entries: 10, nested: true };

    /// Name and bytes that could be read, or the error sentence.
    fn contents(entry: Entry<'_>, seen: &mut Vec<(String, Result<usize, String>)>) {
        let got = match entry.content {
            Ok(content) => {
                let mut bytes = Vec::new();
                content.read_to_end(&mut bytes).map(|_| bytes.len()).map_err(|e| e.to_string())
            }
            Err(e) => Err(e.to_string()),
        };
        seen.push((entry.name, got));
    }

    fn tar_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut tar = tar::Builder::new(Vec::new());
        for (name, bytes) in entries {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            tar.append_data(&mut header, name, *bytes).expect("append");
        }
        tar.into_inner().expect("finish")
    }

    #[test]
    fn names_never_leave_the_archive() {
        let mut seen = Vec::new();
        let zip = zip_of(&[("../../etc/passwd.fit", b"x"), ("a/b/run.gpx.gz", b"y"), ("notes.txt", b"z"), ("part.zip", b"PK")]);
        for_each_in_zip(zip, LIMITS, |e| contents(e, &mut seen)).expect("zip");
        let names: Vec<&str> = seen.iter().map(|(n, _)| n.as_str()).collect();
        assert_eq!(names, ["passwd.fit", "run.gpx.gz", "part.zip"]);
    }

    #[test]
    fn an_archive_inside_an_inner_one_is_refused_with_a_sentence() {
        let mut seen = Vec::new();
        let inner = Limits { nested: false, ..LIMITS };
        for_each_in_zip(zip_of(&[("again.zip", b"PK"), ("run.fit", b"x")]), inner, |e| contents(e, &mut seen)).expect("zip");
        assert_eq!(seen[0].1, Err(ReadError::NestedArchive.to_string()));
        assert_eq!(seen[1].1, Ok(1));
    }

    #[test]
    fn a_bomb_is_cut_off_and_what_came_before_is_kept() {
        let big = vec![0_u8; 1_000_000];
        let entries: [(&str, &[u8]); 4] = [("a.fit", b"small"), ("b.fit", &big), ("c.fit", &big), ("d.fit", b"late")];
        for warnings in [true, false].map(|zip| {
            let mut seen = Vec::new();
            let warnings = if zip {
                for_each_in_zip(zip_of(&entries), LIMITS, |e| contents(e, &mut seen)).expect("zip")
            } else {
                let limits = Limits { total_bytes: 1500, ..LIMITS };
                for_each_in_tar(&tar_of(&entries)[..], limits, |e| contents(e, &mut seen)).expect("tar")
            };
            assert_eq!(seen[0], ("a.fit".to_owned(), Ok(5)));
            assert_eq!(seen[1].1, Err(TOO_LARGE.to_owned()));
            assert!(seen.len() <= 3, "{seen:?}");
            warnings
        }) {
            assert_eq!(warnings.len(), 1);
        }
    }

    #[test]
    fn a_tar_yields_its_recordings_and_a_truncated_one_those_before_the_cut() {
        let whole = tar_of(&[("x/run.fit", b"12345"), ("x/", b""), ("notes.md", b"no"), ("y/ride.tcx", b"123")]);
        let mut seen = Vec::new();
        for_each_in_tar(&whole[..], LIMITS, |e| contents(e, &mut seen)).expect("tar");
        assert_eq!(seen, [("run.fit".to_owned(), Ok(5)), ("ride.tcx".to_owned(), Ok(3))]);
        let mut seen = Vec::new();
        let warnings = for_each_in_tar(&whole[..1100], LIMITS, |e| contents(e, &mut seen)).expect("tar");
        assert_eq!((seen.len(), warnings.len()), (1, 1));
    }

    #[test]
    fn a_strava_export_has_its_titles_in_any_language() {
        let table = "Aktivitäts-ID,Aktivitätsdatum,Name der Aktivität,Aktivitätsart,Aktivitätsbeschreibung,Verstrichene Zeit,Distanz,Ausrüstung,Dateiname,Distanz\n\
            1,\"21.11.2026, 06:30:00\",\"Runde um den See, lang\",Lauf,\"Erste Zeile\nzweite\",3600,\"10,5\",Blaue Schuhe,activities/1.fit.gz,10500\n\
            2,\"22.11.2026, 06:30:00\",Ohne Datei,Lauf,,60,1,,,1000\n";
        let zip = zip_of(&[("export/activities/1.fit.gz", b"x"), ("export/activities.csv", table.as_bytes())]);
        let mut about = None;
        let warnings = for_each_in_zip(zip, LIMITS, |e| about = e.about).expect("zip");
        let about = about.expect("listed");
        assert_eq!(about.title.as_deref(), Some("Runde um den See, lang"));
        assert_eq!(about.description.as_deref(), Some("Erste Zeile\nzweite"));
        assert_eq!((about.sport, about.gear.as_deref()), (Some(crate::Sport::Running), Some("Blaue Schuhe")));
        assert_eq!(warnings.len(), 1);
    }
}
