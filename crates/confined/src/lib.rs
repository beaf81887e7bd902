//! For tests of readers: the test runs itself again in a process with limits on memory and processor time. A reader that exceeds them kills
//! that process and not the machine.

use std::process::Command;

/// Names the test to the child process.
const CHILD: &str = "LEGWORK_CONFINED";
/// Seconds of processor time, far above what any reader needs even unoptimised: only unbounded work reaches it.
const SECONDS: u32 = 300;

/// Does `work` in a process with `megabytes` of memory. `test` is the full name of the calling test, which is started alone.
///
/// # Panics
///
/// If the work panics, exceeds a limit, or no test has that name.
pub fn within(megabytes: u32, test: &str, work: impl FnOnce()) {
    within_seconds(megabytes, SECONDS, test, work);
}

/// The same with `seconds` of processor time, for work that must not be quadratic: wall time depends on the load of the machine, processor
/// time does not.
///
/// # Panics
///
/// As [`within`].
pub fn within_seconds(megabytes: u32, seconds: u32, test: &str, work: impl FnOnce()) {
    if std::env::var(CHILD).is_ok_and(|child| child == test) {
        return work();
    }
    let program = std::env::current_exe().expect("the test binary");
    let limits = format!("ulimit -v {} && ulimit -t {seconds} && exec \"$0\" \"$@\"", u64::from(megabytes) * 1024);
    let out = Command::new("sh")
        .args(["-c", &limits])
        .arg(program)
        .args(["--exact", test, "--nocapture", "--include-ignored", "--test-threads=1"])
        // Each thread would reserve an arena of its own, which counts although it is empty.
        .envs([(CHILD, test), ("MALLOC_ARENA_MAX", "1")])
        .output()
        .expect("a shell");
    let (output, errors) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{test} within {megabytes} MB and {seconds} s: {}\n{output}\n{errors}", out.status);
    assert!(output.contains("1 passed"), "there is no test {test}:\n{output}");
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
