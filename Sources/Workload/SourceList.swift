import Foundation

/// The files that a list of paths stands for, in the order they are read.
enum SourceList {
    struct Item: Equatable {
        var path: String
        var isArchive: Bool
    }

    static let archiveSuffixes = [".tar", ".tar.gz", ".tgz"]
    static let alertSuffix = ".avro"

    /// Each path in the order given; a folder becomes its `.avro` files and archives at any depth, in the order of
    /// their paths' bytes.
    static func items(_ paths: [String]) throws(WorkloadError) -> [Item] {
        var items: [Item] = []
        for path in paths {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw .unreadable(path: path, reason: "there is no such file or folder")
            }
            if isFolder.boolValue {
                items += try walk(path)
            } else {
                items.append(Item(path: path, isArchive: isArchive(path)))
            }
        }
        return items
    }

    static func isArchive(_ path: String) -> Bool {
        archiveSuffixes.contains { path.hasSuffix($0) }
    }

    /// True for a path, below a folder or in an archive, that names an alert file and hides nothing behind a leading
    /// dot.
    static func isAlertFile(_ relativePath: String) -> Bool {
        relativePath.hasSuffix(alertSuffix) && !isHidden(relativePath)
    }

    /// A component "." is no hiding: `tar c .` begins every name with it.
    private static func isHidden(_ relativePath: String) -> Bool {
        relativePath.split(separator: "/").contains { $0.hasPrefix(".") && $0 != "." && $0 != ".." }
    }

    private static func walk(_ folder: String) throws(WorkloadError) -> [Item] {
        let names: [String]
        do {
            names = try FileManager.default.subpathsOfDirectory(atPath: folder)
        } catch {
            throw .unreadable(path: folder, reason: error.localizedDescription)
        }
        let base = folder.hasSuffix("/") ? folder : folder + "/"
        let items = names.filter { isAlertFile($0) || (isArchive($0) && !isHidden($0)) }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            .filter { isFile(base + $0) }
            .map { Item(path: base + $0, isArchive: isArchive($0)) }
        guard !items.isEmpty else { throw .nothingToRead(path: folder) }
        return items
    }

    private static func isFile(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
    }
}
