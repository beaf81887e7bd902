//! For tests of readers: the test starts itself once more in a process that may take only so much memory and processor time. A reader that
//! takes more ends that process and not the machine.

use std::process::Command;

/// Says to the child which test it is.
const CHILD: &str = "LEGWORK_CONFINED";
/// Seconds of processor time, far above what any reader needs even unoptimised: only what grows without bound meets it.
const SECONDS: u32 = 300;

/// Does `work` in a process with `megabytes` of memory. `test` is the full name of the calling test, which is started alone.
///
/// # Panics
///
/// When the work panics, takes more than it may, or no test has that name.
pub fn within(megabytes: u32, test: &str, work: impl FnOnce()) {
    within_seconds(megabytes, SECONDS, test, work);
}

/// The same with `seconds` of processor time, for work whose steps must not multiply: how long it takes by the clock depends on what else
/// the machine does, how much it computes does not.
///
/// # Panics
///
/// As [`within`].
pub fn within_seconds(megabytes: u32, seconds: u32, test: &str, work: impl FnOnce()) {
    if std::env::var(CHILD).is_ok_and(|child| child == test) {
        return work();
    }
    let program = std::env::current_exe().expect("a test is a program");
    let limits = format!("ulimit -v {} && ulimit -t {seconds} && exec \"$0\" \"$@\"", u64::from(megabytes) * 1024);
    let out = Command::new("sh")
        .args(["-c", &limits])
        .arg(program)
        .args(["--exact", test, "--nocapture", "--include-ignored", "--test-threads=1"])
        // Each thread would keep an arena of its own, which counts although it is empty.
        .envs([(CHILD, test), ("MALLOC_ARENA_MAX", "1")])
        .output()
        .expect("a shell");
    let (told, errors) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{test} within {megabytes} MB and {seconds} s: {}\n{told}\n{errors}", out.status);
    assert!(told.contains("1 passed"), "there is no test {test}:\n{told}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_within_its_memory_passes() {
        within(200, "tests::what_stays_within_its_memory_passes", || assert_eq!(vec![1_u8; 10 << 20].len(), 10 << 20));
    }

    #[test]
    #[should_panic(expected = "within 200 MB and 1 s")]
    fn what_computes_for_longer_fails() {
        within_seconds(200, 1, "tests::what_computes_for_longer_fails", || while std::hint::black_box(true) {});
    }

    #[test]
    #[should_panic(expected = "within 200 MB")]
    fn what_takes_more_fails() {
        within(200, "tests::what_takes_more_fails", || {
            let mut grown = vec![1_u8];
            while grown.len() < 1 << 30 {
                grown.extend_from_within(..);
            }
            assert_eq!(std::hint::black_box(grown).len(), 1 << 30);
        });
    }
}
