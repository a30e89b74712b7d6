import Foundation

/// Writes a line to standard error, where everything goes that is not a command's result.
func note(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
}
