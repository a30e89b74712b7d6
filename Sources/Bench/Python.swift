import Foundation

/// A Python process: what `APUS_PYTHON` names, such as that of a virtual environment, or else `python3`.
enum Python {
    /// Runs a script with `input` on its standard input; numerical libraries are told to use one thread.
    static func run(_ script: String, input: Data) throws -> (status: Int32, output: Data) {
        var environment = ProcessInfo.processInfo.environment
        for variable in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"] { environment[variable] = "1" }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [environment["APUS_PYTHON"] ?? "python3", "-c", script]
        process.environment = environment
        let standardInput = Pipe()
        let standardOutput = Pipe()
        process.standardInput = standardInput
        process.standardOutput = standardOutput
        process.standardError = FileHandle.nullDevice
        try process.run()
        // A python that ends at once leaves nobody to write to; its status says so.
        try? standardInput.fileHandleForWriting.write(contentsOf: input)
        try? standardInput.fileHandleForWriting.close()
        let output = standardOutput.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }
}
