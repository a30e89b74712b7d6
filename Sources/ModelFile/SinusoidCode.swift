import Foundation

/// The fixed position code of the t2 family: sine at even features, cosine at odd ones.
public enum SinusoidCode {
    /// The code of every position, (length, embed) row-major: p / 10000^(2 floor(i/2) / embed) through sin (i even)
    /// or cos (i odd).
    ///
    /// Computed in double and rounded once; equal, bit by bit, to the table inside the published files.
    public static func values(length: Int, embed: Int) -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(length * embed)
        for position in 0..<length {
            for feature in 0..<embed {
                let exponent = Double(feature - feature % 2) / Double(embed)
                let angle = Double(position) / pow(10_000, exponent)
                values.append(Float(feature % 2 == 0 ? sin(angle) : cos(angle)))
            }
        }
        return values
    }
}
