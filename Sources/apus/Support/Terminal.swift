import Foundation

/// What standard output is.
enum Terminal {
    static var isPresent: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Colours only where a person sees them and has not said no (no-color.org).
    static var isColored: Bool {
        let environment = ProcessInfo.processInfo.environment
        return isPresent && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    }

    /// Width in characters; nil where there is no terminal.
    static var columns: Int? {
        var size = winsize()
        guard isPresent, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
