import Foundation

/// One line on the standard error that says how far a run is and when it will be done; silent where that is no terminal, but for
/// every tenth part.
struct ProgressLine {
    private let total: Int
    private var done = 0
    private let start = Date.now
    private let isTerminal = isatty(2) == 1

    init(total: Int) {
        self.total = max(1, total)
    }

    mutating func step(_ text: String) {
        done += 1
        guard isTerminal || done * 10 / total > (done - 1) * 10 / total else { return }
        let seconds = Date.now.timeIntervalSince(start)
        let left = seconds / Double(done) * Double(total - done)
        let line = "\(text), \(Int(seconds)) s, \(Int(left)) s left"
        FileHandle.standardError.write(Data((isTerminal ? "\r\u{1B}[K\(line)" : "\(line)\n").utf8))
    }

    func end() {
        if isTerminal { FileHandle.standardError.write(Data("\n".utf8)) }
    }
}

extension Double {
    /// With so many decimals.
    func formatted(_ decimals: Int) -> String { String(format: "%.\(decimals)f", self) }
}
