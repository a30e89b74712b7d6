import Dispatch

/// Times of this machine: a monotonic one for durations and the wall clock for what is stored.
public enum MonotonicClock {
    /// Nanoseconds since an arbitrary start; never goes back.
    public static var nanoseconds: UInt64 { DispatchTime.now().uptimeNanoseconds }

    /// Seconds since a value of `nanoseconds`.
    public static func seconds(since start: UInt64) -> Double {
        Double(nanoseconds - start) * 1e-9
    }
}
