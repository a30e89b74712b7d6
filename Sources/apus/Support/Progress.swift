import Foundation

/// A line on standard error that says how far long work is; silent unless that is a terminal.
struct Progress {
    private let label: String
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let start = Date()
    private var lastShown = Date.distantPast

    init(_ label: String) {
        self.label = label
    }

    /// - Parameter fraction: of the whole work, 0 to 1; nil when the whole is not known.
    mutating func update(_ done: Int, fraction: Double? = nil) {
        guard isTerminal, Date().timeIntervalSince(lastShown) > 0.2 else { return }
        lastShown = Date()
        let seconds = max(Date().timeIntervalSince(start), 1e-3)
        var line = "\(label): \(done), \(Int(Double(done) / seconds))/s"
        if let fraction, fraction > 0 {
            line += ", \(Int(fraction * 100)) %, \(Int(seconds / fraction - seconds)) s left"
        }
        write("\r\u{1B}[K" + line)
    }

    /// Clears the line.
    func finish() {
        if isTerminal { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
