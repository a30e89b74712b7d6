import Foundation

/// Asks again and again until `condition` holds; false when it does not within `timeoutMs`.
///
/// For servers and processes beside the test, which no in-process signal tells about.
public func eventually(timeoutMs: Int, _ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = Date(timeIntervalSinceNow: Double(timeoutMs) / 1000)
    while Date() < deadline {
        if try condition() { return true }
        _ = DispatchSemaphore(value: 0).wait(timeout: .now() + .milliseconds(50))
    }
    return try condition()
}
