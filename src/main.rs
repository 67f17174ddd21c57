//! The binary: hands the process over to the command line and returns its exit code. Holds no logic.

fn main() -> std::process::ExitCode {
    natsbridge::cli::run()
}
