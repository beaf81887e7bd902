//! Faults of the machine, such as a full disk: what was accepted waits, spends no attempt, and is imported when the fault is over.

use std::path::Path;
use std::process::Command;

use axum::body::Body;
use axum::extract::{FromRequest, Multipart};
use axum::http::Request;
use domain::ProblemKind;
use platform::{Fault, Files};
use sqlx::{AssertSqlSafe, PgConnection};

use super::*;

/// A disk of one megabyte, where one can be mounted.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().expect("folder");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]).arg(folder.path()).output();
        if mounted.is_ok_and(|out| out.status.success()) {
            return Some(Self(folder));
        }
        eprintln!("skipped: a small disk cannot be mounted here; it requires root");
        None
    }

    /// Fills the disk.
    fn fill(&self) {
        let mut file = std::fs::File::create(self.0.path().join("filler")).expect("filler");
        while file.write_all(&[0; 512]).is_ok() {}
    }

    fn free(&self) {
        std::fs::remove_file(self.0.path().join("filler")).expect("removed");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0.path()).status();
    }
}

/// A multipart form with a file, as a browser posts it.
async fn form(name: &str, bytes: &[u8]) -> Multipart {
    let head = format!("--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
    let body = [head.as_bytes(), bytes, b"\r\n--edge--\r\n"].concat();
    let request = Request::post("/").header("content-type", "multipart/form-data; boundary=edge").body(Body::from(body)).expect("a request");
    Multipart::from_request(request, &()).await.expect("a valid form")
}

/// Tries more often than a file may fail, and expects the same fault each time.
async fn assert_fault_persists(platform: &Platform, viewer: Uuid, fault: Fault) {
    for _ in 0..5 {
        let error = run_to_end(platform, viewer).await.expect_err("a fault of the machine");
        assert_eq!(error.fault(), Some(fault), "{error}");
        later(platform, 16);
    }
}

async fn attempts_spent(platform: &Platform, viewer: Uuid) -> i64 {
    let mut tx = platform.database.begin_as(viewer).await.expect("transaction");
    sqlx::query_scalar("select sum(attempts) from import_files").fetch_one(tx.connection()).await.expect("attempts")
}

#[sqlx::test(migrations = "../../migrations")]
async fn on_a_full_disk_uploads_are_refused_and_queued_files_are_imported_later(_: PgPoolOptions, connect: PgConnectOptions) {
    let Some(disk) = SmallDisk::new() else { return };
    let mut platform = TestApp::new(connect);
    platform.files = Files::open(&disk.0.path().join("files")).expect("opened");
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, import, "a.fit", &run(1_780_000_000)).await;
    let zip = zip_of(&[("b.fit", &run(1_780_100_000)), ("c.fit", &run(1_780_200_000))]);
    drop_file(&platform, kim, import, "two.zip", &zip).await;
    disk.fill();
    let mut form = form("late.fit", &run(1_780_300_000)).await;
    let problem = crate::http::receive_files(&platform, kim, import, &mut form).await.expect_err("no room").into_problem();
    assert_eq!((problem.kind, problem.status()), (ProblemKind::Full, 507));
    assert!(problem.message.contains("disk is full"), "{}", problem.message);

    assert_fault_persists(&platform, kim, Fault::Full).await;
    let waiting = load_import(&platform, kim, import).await;
    assert_eq!(outcomes(&waiting), [("a.fit", Outcome::Queued), ("two.zip", Outcome::Queued), ("late.fit", Outcome::Failed)]);
    assert!(waiting.files.items[2].message.contains("was full"), "{}", waiting.files.items[2].message);
    assert!(waiting.files.items[0].message.contains("disk of the server is full"), "{}", waiting.files.items[0].message);
    assert_eq!(attempts_spent(&platform, kim).await, 0);
    let left = |inside: &str| std::fs::read_dir(disk.0.path().join("files").join(inside)).expect("folder").count();
    assert_eq!(left("uploads"), 2, "nothing half-unpacked takes up space");

    disk.free();
    run_to_end(&platform, kim).await.expect("imported");
    let imported = load_import(&platform, kim, import).await;
    assert_eq!((imported.count(Outcome::Imported), imported.count(Outcome::Unpacked), imported.count(Outcome::Failed)), (3, 1, 1), "{imported:?}");
    assert_eq!((total(&platform, kim).await, left("uploads")), (3, 0));
}

/// Makes every insert into a table raise a `PostgreSQL` error, until [`repair_table`].
async fn break_table(owner: &mut PgConnection, table: &str, sqlstate: &str) {
    let sql = format!(
        "create function broken() returns trigger language plpgsql as $$ begin raise 'no' using errcode = '{sqlstate}'; end $$;
         create trigger broken before insert on {table} for each row execute function broken()"
    );
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(owner).await.expect("broken");
}

async fn repair_table(owner: &mut PgConnection) {
    sqlx::raw_sql("drop function broken() cascade").execute(owner).await.expect("mended");
}

#[sqlx::test(migrations = "../../migrations")]
async fn faults_of_the_database_spend_no_attempt_and_those_of_a_file_do(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let mut owner = platform.owner().await;
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, import, "a.fit", &run(1_780_000_000)).await;
    for (sqlstate, fault) in [("53100", Fault::Full), ("58030", Fault::Disk), ("57P03", Fault::Unavailable), ("40P01", Fault::Unavailable)] {
        break_table(&mut owner, "activities", sqlstate).await;
        assert_fault_persists(&platform, kim, fault).await;
        repair_table(&mut owner).await;
    }
    assert_eq!(attempts_spent(&platform, kim).await, 0);
    // A full disk of the database is reported like one of the file store.
    break_table(&mut owner, "import_files", "53100").await;
    let problem = receive(&platform, kim, import, "late.fit", at_once(&b"x"[..])).await.expect_err("no room").into_problem();
    assert_eq!(problem.status(), 507);
    repair_table(&mut owner).await;
    // A fault of the file itself is not retried for ever.
    break_table(&mut owner, "activities", "22003").await;
    for _ in 0..3 {
        assert!(run_to_end(&platform, kim).await.is_err());
        later(&platform, 16);
    }
    run_to_end(&platform, kim).await.expect("given up");
    assert_eq!(outcomes(&load_import(&platform, kim, import).await), [("a.fit", Outcome::Failed)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_server_resumes_by_itself_when_there_is_space_again(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = with_queue(connect).await;
    let mut owner = platform.owner().await;
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    for i in 0..4 {
        drop_file(&platform, kim, import, &format!("{i}.fit"), &run(1_780_000_000 + i * 100_000)).await;
    }
    break_table(&mut owner, "activities", "53100").await;
    let mut queue = platform.owner().await;
    let mut until = async |what: &str, reached: &dyn Fn(&Import) -> bool| {
        loop {
            let waiting: i64 = sqlx::query_scalar("select count(*) from graphile_worker._private_jobs").fetch_one(&mut queue).await.expect("count");
            assert!(waiting > 0, "{what}: no job waits");
            platform::testing::run_jobs(&platform).await.expect("ran");
            let loaded = load_import(&platform, kim, import).await;
            assert_eq!(loaded.count(Outcome::Failed), 0, "{what}: {loaded:?}");
            if reached(&loaded) {
                break;
            }
            later(&platform, 16);
        }
    };
    until("full", &|loaded| loaded.files.items.iter().any(|l| l.message.contains("full"))).await;
    repair_table(&mut owner).await;
    until("room", &Import::finished).await;
    assert_eq!(total(&platform, kim).await, 4);
    platform::testing::run_jobs(&platform).await.expect("ran");
    let left: i64 = sqlx::query_scalar("select count(*) from graphile_worker._private_jobs").fetch_one(&mut owner).await.expect("count");
    assert_eq!(left, 0, "nothing is left to do");
}

/// One file that cannot be read back does not block the others.
#[sqlx::test(migrations = "../../migrations")]
async fn an_unreadable_upload_fails_with_a_sentence(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, import, "gone.fit", &run(1_780_000_000)).await;
    std::fs::remove_file(Path::new(&platform.folder().join("files/uploads")).join(&names(&platform, "uploads")[0])).expect("lost");
    drop_file(&platform, kim, import, "a.fit", &run(1_780_100_000)).await;
    run_to_end(&platform, kim).await.expect("imported");
    let loaded = load_import(&platform, kim, import).await;
    assert_eq!(outcomes(&loaded), [("gone.fit", Outcome::Failed), ("a.fit", Outcome::Imported)]);
    assert!(loaded.files.items[0].message.contains("cannot be read back"), "{}", loaded.files.items[0].message);
}
