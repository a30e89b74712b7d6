import AvroCoding
import Foundation

/// Alert packets in memory: the files as they are, and what lies inside for decoders that want the parts.
struct PacketSet {
    struct Packet {
        let path: String
        let bytes: [UInt8]
        /// The schema's JSON text.
        let schema: [UInt8]
        /// The one record's encoding.
        let body: [UInt8]
    }

    let packets: [Packet]

    /// Reads files, and the `.avro` files in folders at any depth; each must be an uncompressed container with one
    /// alert, as ZTF sends them.
    init(paths: [String]) throws(BenchError) {
        var packets: [Packet] = []
        for path in try Self.files(paths) { packets.append(try Self.packet(path)) }
        guard !packets.isEmpty else { throw .noPackets(paths: paths) }
        self.packets = packets
    }

    var byteCount: Int { packets.reduce(0) { $0 + $1.bytes.count } }

    static func files(_ paths: [String]) throws(BenchError) -> [String] {
        var files: [String] = []
        for path in paths {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw .unreadable(path: path, reason: "there is no such file or folder")
            }
            guard isFolder.boolValue else {
                files.append(path)
                continue
            }
            do {
                files += try FileManager.default.subpathsOfDirectory(atPath: path)
                    .filter { $0.hasSuffix(".avro") }.sorted().map { path + "/" + $0 }
            } catch {
                throw .unreadable(path: path, reason: error.localizedDescription)
            }
        }
        return files
    }

    private static func packet(_ path: String) throws(BenchError) -> Packet {
        let bytes: [UInt8]
        do {
            bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw .unreadable(path: path, reason: error.localizedDescription)
        }
        let parts: ContainerParts
        do throws(AvroError) {
            parts = try ContainerParts(bytes)
        } catch {
            throw .notAPacket(path: path, reason: "\(error)")
        }
        guard let body = parts.onlyRecord else {
            throw .notAPacket(path: path, reason: "it is compressed or has not one record")
        }
        return Packet(path: path, bytes: bytes, schema: Array(bytes[parts.schema]), body: Array(bytes[body]))
    }
}
