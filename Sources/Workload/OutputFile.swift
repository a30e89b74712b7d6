import Foundation

/// A file that is written once, from its beginning to its end, through the C library's buffer.
final class OutputFile {
    private let path: String
    // SAFETY: owned alone; nil from `close` on, closed in deinit otherwise.
    private var stream: UnsafeMutablePointer<FILE>?
    private(set) var byteCount: UInt64 = 0

    /// Creates the file; one that is there already is an error, so nothing is ever overwritten.
    init(path: String) throws(WorkloadError) {
        self.path = path
        stream = fopen(path, "wbxe")
        guard stream != nil else { throw failure() }
    }

    deinit {
        if let stream { fclose(stream) }
    }

    func write(_ bytes: [UInt8]) throws(WorkloadError) {
        guard let stream, !bytes.isEmpty else { return }
        guard fwrite(bytes, 1, bytes.count, stream) == bytes.count else { throw failure() }
        byteCount += UInt64(bytes.count)
    }

    func write(_ text: String) throws(WorkloadError) {
        try write(Array(text.utf8))
    }

    /// Has to be called: only closing tells whether the last bytes reached the file.
    func close() throws(WorkloadError) {
        guard let stream else { return }
        self.stream = nil
        guard fclose(stream) == 0 else { throw failure() }
    }

    private func failure() -> WorkloadError {
        .unwritable(path: path, reason: String(cString: strerror(errno)))
    }
}
