// SAFETY: libFuzzer calls the target from one thread.
nonisolated(unsafe) private let inspector = Inspector(resources: Resources())

/// The entry that libFuzzer calls for each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    inspector.inspect(UnsafeRawBufferPointer(start: data, count: data == nil ? 0 : count))
    return 0
}
