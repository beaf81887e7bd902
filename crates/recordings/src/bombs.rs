//! Files that are small in transit and were enormous once read. Each is read in a process with a memory limit.

use std::io::{Cursor, Read, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use zip::write::SimpleFileOptions;

use crate::archive::{Entry, Limits, StravaCatalog, for_each_in_tar, for_each_in_zip};
use crate::{Recording, Samples, bounds, read};

/// Megabytes of the process, its libraries included: what the largest recording needs, unpacked, decoded and as columns.
const MEMORY: u32 = 800;
/// Megabytes for XML, whose bombs are smaller because it takes longer.
const XML_MEMORY: u32 = 500;
const XML_SIZE: usize = 20_000_000;
/// Megabytes for an archive, which is never held in memory.
const ARCHIVE_MEMORY: u32 = 400;
/// The product's limit for one recording.
const LIMIT: u64 = 64_000_000;
/// Unpacked bytes of a bomb, just below the limit.
const SIZE: usize = 63_000_000;

/// A gzip of a part repeated to a size, between a head and a tail.
fn packed(head: &[u8], part: &[u8], size: usize, tail: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(head).expect("written");
    let block = part.repeat((1 << 16) / part.len() + 1);
    for _ in 0..size / block.len() {
        gzip.write_all(&block).expect("written");
    }
    gzip.write_all(tail).expect("written");
    gzip.finish().expect("finished")
}

fn within_bounds(name: &str, bytes: &[u8]) {
    println!("{name}");
    match read(bytes, LIMIT) {
        Ok(read) => {
            let samples: usize = read.recordings.iter().map(|r| r.samples.len()).sum();
            let laps: usize = read.recordings.iter().map(|r| r.laps.len() + r.lengths.len() + r.pauses.len()).sum();
            let words: usize = read.warnings.iter().map(|w| w.to_string().len()).sum();
            assert!(samples <= bounds::SAMPLES && read.recordings.len() <= bounds::RECORDINGS, "{name}: {samples} samples");
            assert!(laps <= bounds::LAPS * bounds::SESSIONS + bounds::LENGTHS + bounds::TIMER_EVENTS, "{name}: {laps} laps");
            assert!(words < 10_000, "{name}: {words} bytes of warnings");
        }
        Err(error) => assert!(error.to_string().len() < 500, "{name}: {error}"),
    }
}

#[test]
fn no_gpx_or_tcx_takes_more_memory_than_a_recording_may() {
    confined::within(XML_MEMORY, "bombs::no_gpx_or_tcx_takes_more_memory_than_a_recording_may", || {
        let gpx = |inside: &str| format!("<?xml version=\"1.0\"?><gpx>{inside}");
        let tcx = |inside: &str| format!("<?xml version=\"1.0\"?><TrainingCenterDatabase><Activities>{inside}");
        let lap = "<Activity><Lap><Track>";
        for (name, head, part) in [
            ("points", gpx("<trk><trkseg>"), "<trkpt lat=\"1\" lon=\"1\"/>"),
            ("points without a place", gpx("<trk><trkseg>"), "<trkpt/>"),
            ("tracks", gpx(""), "<trk/>"),
            ("tracks with points", gpx(""), "<trk><trkpt lat=\"1\" lon=\"1\"/><trkpt lat=\"1\" lon=\"1\"/></trk>"),
            ("segments", gpx("<trk>"), "<trkseg/>"),
            ("laps of a track", gpx("<trk>"), "<lap/>"),
            ("depth", gpx(""), "<a>"),
            ("attributes", gpx("<trk a=\"\" "), "b=\"\" "),
            ("one attribute", gpx("<trk a=\""), "&lt;"),
            ("a long text", gpx("<trk><name>"), "x"),
            ("references", gpx("<trk><name>"), "&#120;"),
            ("unknown entities", gpx("<trk><name>"), "&bomb;"),
            ("one entity", gpx("<trk><name>&"), "x"),
            ("one element", gpx("<"), "x"),
            ("comments", gpx(""), "<!---->"),
            ("activities", tcx(""), "<Activity/>"),
            ("activities with laps", tcx(""), "<Activity><Lap/></Activity>"),
            ("laps", tcx("<Activity>"), "<Lap/>"),
            ("trackpoints", tcx(lap), "<Trackpoint/>"),
            ("timed trackpoints", tcx(lap), "<Trackpoint><Time>2026-01-01T00:00:00Z</Time></Trackpoint>"),
            ("tracks of a lap", tcx("<Activity><Lap>"), "<Track/>"),
            ("depth in a trackpoint", tcx(&format!("{lap}<Trackpoint>")), "<a>"),
        ] {
            within_bounds(name, &packed(head.as_bytes(), part.as_bytes(), XML_SIZE, b""));
        }
        let wide: Vec<u8> = gpx("<trk><trkseg>").encode_utf16().flat_map(u16::to_le_bytes).collect();
        let point: Vec<u8> = "<trkpt lat=\"1\" lon=\"1\"/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        within_bounds("two bytes a letter", &packed(&[&[0xff, 0xfe], &wide[..]].concat(), &point, XML_SIZE, b""));
        let latin = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><gpx><trk><name>";
        within_bounds("one byte a letter", &packed(latin, b"\xe4", XML_SIZE, b""));
        let laughs: String = (1..20).map(|i| format!("<!ENTITY l{i} \"{}\">", format!("&l{};", i - 1).repeat(10))).collect::<Vec<_>>().concat();
        let laughs = format!("<!DOCTYPE gpx [<!ENTITY l0 \"lol\">{laughs}]><gpx><trk><name>&l19;</name><trkseg>");
        within_bounds("laughs", &packed(laughs.as_bytes(), b"<trkpt lat=\"1\" lon=\"1\"/>", 1 << 20, b""));
    });
}

/// The header of a FIT file whose size was never written.
const FIT: [u8; 14] = [14, 0x10, 0, 0, 0, 0, 0, 0, b'.', b'F', b'I', b'T', 0, 0];

/// A definition of local type 0.
fn definition(global: u8, fields: &[[u8; 3]]) -> Vec<u8> {
    let mut out = vec![0x40, 0, 0, global, 0, fields.len() as u8];
    out.extend(fields.iter().flatten());
    out
}

#[test]
fn no_fit_takes_more_memory_than_a_recording_may() {
    confined::within(MEMORY, "bombs::no_fit_takes_more_memory_than_a_recording_may", || {
        for (name, global) in
            [("sessions", 18), ("laps", 19), ("records", 20), ("events", 21), ("devices", 23), ("lengths", 101), ("beats", 132), ("fields", 206)]
        {
            within_bounds(name, &packed(&[&FIT[..], &definition(global, &[])].concat(), &[0], SIZE, b""));
        }
        let event = definition(21, &[[253, 4, 0x86], [0, 1, 0], [1, 1, 0]]);
        let stops: Vec<u8> = (0..200_u32).flat_map(|i| [&[0][..], &(1_000_000_000 + i).to_le_bytes(), &[0, (i % 2) as u8]].concat()).collect();
        within_bounds("pauses", &packed(&[&FIT[..], &event].concat(), &stops, SIZE, b""));
        let session = definition(18, &[[2, 4, 0x86], [8, 4, 0x86]]);
        within_bounds("timed sessions", &packed(&[&FIT[..], &session].concat(), &[0, 1, 0, 0, 1, 0, 1, 0, 0], SIZE, b""));
        let timed = definition(20, &[[253, 4, 0x86]]);
        let head = [&FIT[..], &definition(18, &[]), &[0; 100], &timed].concat();
        within_bounds("sessions that say no start", &packed(&head, &[0, 0, 0, 0, 60], SIZE, b""));
        let empty: Vec<[u8; 3]> = (0..=254).map(|number| [number, 0, 2]).collect();
        let wide = definition(20, &empty);
        within_bounds("layouts", &packed(&FIT, &[&wide[..], &[0]].concat(), SIZE, b""));
        let full: Vec<[u8; 3]> = (20..84).map(|number| [number, 1, 2]).collect();
        let message = [&[0][..], &[1; 64]].concat();
        within_bounds("columns", &packed(&[&FIT[..], &definition(20, &full)].concat(), &message, SIZE, b""));
        let beats = definition(132, &[[253, 4, 0x86], [9, 4, 0x86], [6, 255, 2], [10, 255, 0x0d]]);
        let more = definition(132, &[[6, 255, 2], [10, 255, 0x0d]]);
        let first = [&[0][..], &[1; 4 + 4 + 255 + 255]].concat();
        within_bounds("straps", &packed(&[&FIT[..], &beats, &first, &more].concat(), &[&[0][..], &[1; 510]].concat(), SIZE, b""));
        let mut one = FIT;
        let content = [&definition(20, &[])[..], &[0]].concat();
        one[4] = content.len() as u8;
        within_bounds("a chain", &packed(b"", &[&one[..], &content, &[0, 0]].concat(), SIZE, b""));
        within_bounds("damage", &packed(&FIT, &[0x40, 0, 0, 20, 0, 255], SIZE, b""));
        let gap = [&definition(20, &[[253, 4, 0x86]])[..], &[0, 1, 0, 0, 60].repeat(9), &[0xf; 3]].concat();
        within_bounds("gaps", &packed(&FIT, &gap, SIZE, b""));
        within_bounds("zeros", &packed(&FIT, &[0], 1 << 28, b""));
        let small = packed(&FIT, &[0], 1 << 16, b"");
        within_bounds("members", &small.repeat(1 << 16));
    });
}

/// Seconds of processor time for what was once quadratic, even unoptimised: each of them alone took minutes.
const SECONDS: u32 = 60;

#[test]
fn no_step_of_reading_multiplies_with_another() {
    confined::within_seconds(MEMORY, SECONDS, "bombs::no_step_of_reading_multiplies_with_another", || {
        // Unterminated entities, in attributes of maximum length.
        let attribute = format!("<a b=\"{}\"/>", "&".repeat(64 << 10));
        within_bounds("ampersands", &packed(b"<gpx><trk>", attribute.as_bytes(), SIZE, b""));
        // A segment whose time comes last, after a few and before many earlier ones: each is compared with it.
        let point = |time: &str| format!("<trkpt lat=\"1\" lon=\"1\">{time}</trkpt>");
        let timed = |day: u32, second: u32| {
            let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
            point(&format!("<time>2026-01-{day:02}T{hour:02}:{minute:02}:{second:02}Z</time>"))
        };
        let segments = |day: u32, n: u32| (0..n).map(|k| ["<trkseg>", &timed(day, k), "</trkseg>"].concat()).collect::<String>();
        let late = format!("<trkseg>{}{}</trkseg>", point("").repeat(500_000), timed(28, 0));
        let file = format!("<gpx><trk>{}{late}{}{}</trk></gpx>", segments(1, 1000), segments(2, 86_400), segments(3, 86_400));
        within_bounds("segments", file.as_bytes());
    });
}

const LIMITS: Limits = Limits { entry_bytes: LIMIT, total_bytes: 4 << 30, entries: 20_000, nested: true };

/// Reads what an archive hands out, and counts it.
fn counted(entry: Entry<'_>) -> u64 {
    assert!(entry.name.len() <= 800 && entry.about.is_none_or(|about| about.title.is_none_or(|t| t.len() <= 4 * bounds::TITLE)));
    entry.content.map_or(0, |content| std::io::copy(content, &mut std::io::sink()).unwrap_or(0))
}

#[test]
fn no_archive_takes_more_memory_than_one_of_its_files_may() {
    confined::within(ARCHIVE_MEMORY, "bombs::no_archive_takes_more_memory_than_one_of_its_files_may", || {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, part) in [("activities.csv", ","), ("a/activities.csv", "\""), ("run.gpx", "<a>")] {
            zip.start_file(name, SimpleFileOptions::default()).expect("begun");
            for _ in 0..1 << 10 {
                zip.write_all(part.repeat((1 << 16) / part.len()).as_bytes()).expect("written");
            }
        }
        let zip = zip.finish().expect("finished").into_inner();
        let mut total = 0;
        for_each_in_zip(Cursor::new(&zip), LIMITS, |entry| total += counted(entry)).expect("a zip");
        assert!(total <= 100 * zip.len() as u64 + LIMIT, "{total}");
        // A directory that claims as many entries as the file has bytes: allocating them kills the process.
        let mut large = vec![0; 50 << 20];
        let length = large.len();
        let mut end = Vec::new();
        end.extend(b"PK\x06\x06");
        end.extend(44_u64.to_le_bytes());
        end.extend([0; 12]);
        end.extend(40_000_000_u64.to_le_bytes().repeat(2));
        end.extend([0; 8]);
        end.extend((45_u64 << 20).to_le_bytes());
        end.extend(b"PK\x06\x07\0\0\0\0");
        end.extend((length as u64 - 98).to_le_bytes());
        end.extend([1, 0, 0, 0]);
        end.extend(b"PK\x05\x06\0\0\0\0");
        end.extend([0xff; 12]);
        end.extend([0; 2]);
        large[length - end.len()..].copy_from_slice(&end);
        assert!(for_each_in_zip(Cursor::new(large), LIMITS, |_| ()).is_err());
        for kind in [b'L', b'K', b'x', b'g'] {
            let mut header = tar::Header::new_ustar();
            header.set_path("name").expect("a path");
            header.set_entry_type(tar::EntryType::new(kind));
            header.set_size(1 << 28);
            header.set_cksum();
            let bomb = packed(header.as_bytes(), b"x", 1 << 28, b"");
            let _ = for_each_in_tar(flate2::read::MultiGzDecoder::new(&bomb[..]), LIMITS, |entry| assert!(counted(entry) == 0));
        }
        let unpacked = |part: &str| part.repeat((32 << 20) / part.len());
        for part in [",", "\n", "\"", "a.fit,", "a.fit,a.fit\n", "1,2,3,4,5,a.fit\n"] {
            let _ = StravaCatalog::parse(unpacked(part).as_bytes());
        }
    });
}

#[test]
fn stored_samples_that_somebody_sends_take_no_more_memory_than_a_recording_may() {
    confined::within(MEMORY, "bombs::stored_samples_that_somebody_sends_take_no_more_memory_than_a_recording_may", || {
        let mut short = Samples::default();
        (0..1000).for_each(|i| short.push(f64::from(i)));
        let mut sound = short.to_bytes();
        assert!(Recording::is_within_bounds(&sound) && Recording::is_within_bounds(&Recording { samples: short, ..Recording::default() }.to_bytes()));
        // The same few bytes as each of two hundred columns of four million values.
        let column = pco::standalone::simple_compress(&vec![1.0_f64; 1 << 22], &pco::ChunkConfig::default()).expect("packed");
        sound[1..5].copy_from_slice(&(1_u32 << 22).to_le_bytes());
        sound.truncate(5);
        for _ in 0..200 {
            sound.extend([255, 1, b'a', 0]);
            sound.extend((column.len() as u32).to_le_bytes());
            sound.extend(&column);
        }
        assert!(!Recording::is_within_bounds(&sound));
        assert!(Recording::from_bytes(&sound).is_err());
        assert!(!Recording::is_within_bounds(b"") && !Recording::is_within_bounds(&[0x10, 255, 255, 255, 255]));
        // A million laps in a few bytes of header.
        let laps = format!("{{\"laps\":[{}{{}}]}}", "{},".repeat(1_000_000));
        let mut many = vec![Recording::default().to_bytes()[0]];
        many.extend((laps.len() as u32).to_le_bytes());
        many.extend(laps.as_bytes());
        many.extend(Samples::default().to_bytes());
        assert!(!Recording::is_within_bounds(&many));
        let mut text = Vec::new();
        packed(b"", b"x", 1 << 16, b"").as_slice().read_to_end(&mut text).expect("read");
        assert!(!Recording::is_within_bounds(&text));
    });
}
