#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file's bytes mapped into memory, read only.
final class MappedFile {
    // SAFETY: mapped in init, unmapped in deinit; a file that another process shortens meanwhile is the caller's fault.
    let bytes: UnsafeRawBufferPointer

    init(path: String) throws(AvroError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable(path: path, reason: "not a regular file") }
        let count = Int(status.st_size)
        guard count > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
            throw .unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        bytes = UnsafeRawBufferPointer(start: address, count: count)
    }

    /// Takes a copy of bytes that are in memory already, such as an archive's member.
    init(copying contents: [UInt8]) throws(AvroError) {
        guard !contents.isEmpty else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        let flags = MAP_PRIVATE | MAP_ANON
        guard let address = mmap(nil, contents.count, PROT_READ | PROT_WRITE, flags, -1, 0), address != MAP_FAILED
        else {
            throw .unreadable(path: "\(contents.count) bytes in memory", reason: String(cString: strerror(errno)))
        }
        UnsafeMutableRawBufferPointer(start: address, count: contents.count).copyBytes(from: contents)
        bytes = UnsafeRawBufferPointer(start: address, count: contents.count)
    }

    deinit {
        guard let address = bytes.baseAddress else { return }
        munmap(UnsafeMutableRawPointer(mutating: address), bytes.count)
    }
}
