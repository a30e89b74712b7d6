import CZlib
import Foundation

/// The bytes of an archive file in order, decompressed on the way when they are gzip.
///
/// One owner reads it from one thread. What is gzip is told by the first two bytes, not by the file's name. A gzip file
/// may have several members one after another and zero bytes behind the last, as `gzip` and tape blocks make them. zlib
/// checks length and CRC of each.
final class ArchiveInput {
    let path: String
    /// Uncompressed bytes read so far.
    private(set) var position: UInt64 = 0
    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)
    private var unread = 0..<0
    // SAFETY: allocated once zlib has taken it, freed in deinit, never handed out.
    private var inflater: UnsafeMutablePointer<z_stream>?
    /// Between two gzip members.
    private var memberEnded = false

    init(path: String) throws(WorkloadError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
        try refill()
        if buffer[unread].starts(with: [0x1F, 0x8B]) { try startInflating() }
    }

    deinit {
        if let inflater {
            inflateEnd(inflater)
            inflater.deallocate()
        }
        if descriptor >= 0 { close(descriptor) }
    }

    /// Fills `destination`; fewer bytes come only at the end of the input.
    func read(into destination: UnsafeMutableRawBufferPointer) throws(WorkloadError) -> Int {
        let count = inflater == nil ? try copy(into: destination) : try inflate(into: destination)
        position += UInt64(count)
        return count
    }

    private func refill() throws(WorkloadError) {
        while true {
            let count = buffer.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                unread = 0..<count
                return
            }
            guard errno == EINTR else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
        }
    }

    private func copy(into destination: UnsafeMutableRawBufferPointer) throws(WorkloadError) -> Int {
        var filled = 0
        while filled < destination.count {
            if unread.isEmpty {
                try refill()
                if unread.isEmpty { break }
            }
            let count = min(destination.count - filled, unread.count)
            buffer.withUnsafeBytes { bytes in
                let part = UnsafeRawBufferPointer(rebasing: bytes[unread.lowerBound..<(unread.lowerBound + count)])
                UnsafeMutableRawBufferPointer(rebasing: destination[filled...]).copyMemory(from: part)
            }
            unread = (unread.lowerBound + count)..<unread.upperBound
            filled += count
        }
        return filled
    }

    // MARK: - gzip

    private func startInflating() throws(WorkloadError) {
        // zlib keeps the stream's address, so it lives outside of any Swift value that may move.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15 bits of window, plus 16: gzip and nothing else (zlib.h, inflateInit2).
        let status = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            stream.deallocate()
            throw .unreadable(path: path, reason: "zlib cannot start (status \(status))")
        }
        inflater = stream
    }

    private func inflate(into destination: UnsafeMutableRawBufferPointer) throws(WorkloadError) -> Int {
        var filled = 0
        while filled < destination.count {
            if memberEnded, try !startNextMember() { break }
            if unread.isEmpty {
                try refill()
                guard !unread.isEmpty else {
                    throw .truncatedArchive(path: path, member: nil, offset: position + UInt64(filled))
                }
            }
            let rest = UnsafeMutableRawBufferPointer(rebasing: destination[filled...])
            filled += try inflateOnce(filled, into: rest)
        }
        return filled
    }

    private func inflateOnce(
        _ filled: Int, into destination: UnsafeMutableRawBufferPointer
    ) throws(WorkloadError) -> Int {
        guard let inflater else { return 0 }
        var consumed = 0
        // Clamped because zlib counts in 32 bits.
        let room = UInt32(clamping: destination.count)
        // SAFETY: zlib reads at most avail_in bytes and writes at most avail_out bytes, both within the two buffers, and
        // keeps neither pointer for longer than this call: both are set anew before the next.
        let status = buffer.withUnsafeMutableBufferPointer { bytes in
            inflater.pointee.next_in = bytes.baseAddress?.advanced(by: unread.lowerBound)
            inflater.pointee.avail_in = UInt32(unread.count)
            inflater.pointee.next_out = destination.baseAddress?.assumingMemoryBound(to: UInt8.self)
            inflater.pointee.avail_out = room
            let status = CZlib.inflate(inflater, Z_NO_FLUSH)
            consumed = unread.count - Int(inflater.pointee.avail_in)
            return status
        }
        unread = (unread.lowerBound + consumed)..<unread.upperBound
        switch status {
        case Z_STREAM_END:
            memberEnded = true
        case Z_OK, Z_BUF_ERROR:
            break
        default:
            let reason = inflater.pointee.msg.map { String(cString: $0) } ?? "zlib status \(status)"
            throw .damagedArchive(
                path: path, offset: position + UInt64(filled), reason: "the gzip data are wrong: \(reason)")
        }
        return Int(room - inflater.pointee.avail_out)
    }

    /// False at the end of the file.
    private func startNextMember() throws(WorkloadError) -> Bool {
        while true {
            if unread.isEmpty { try refill() }
            guard let first = buffer[unread].first else { return false }
            if first != 0 { break }
            // Padding of the last tape block.
            unread = (unread.lowerBound + 1)..<unread.upperBound
        }
        guard buffer[unread].first == 0x1F else {
            throw .damagedArchive(path: path, offset: position, reason: "bytes that are not gzip follow a gzip member")
        }
        if let inflater { inflateReset(inflater) }
        memberEnded = false
        return true
    }
}
