import Foundation
import Glibc

/// A file as memory, read by the kernel page by page when it is touched.
enum MappedFile {
    /// Maps a regular file; the mapping ends with the last copy of the `Data`.
    ///
    /// The mapping is private and read-only. It stays whole when the path is replaced by another file, as
    /// `ModelWriter` does it.
    static func open(_ path: String) throws(ModelFileError) -> Data {
        func failure() -> ModelFileError { .unreadable(path: path, reason: String(cString: strerror(errno))) }
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure() }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable(path: path, reason: "not a regular file") }
        let count = Int(status.st_size)
        guard count > 0 else { return Data() }
        guard let base = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED else {
            throw failure()
        }
        // SAFETY: the pages are ours alone until the deallocator runs, which Data does once, after its last use.
        return Data(bytesNoCopy: base, count: count, deallocator: .custom { munmap($0, $1) })
    }
}
