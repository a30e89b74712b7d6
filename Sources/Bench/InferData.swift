import Alerts
import Foundation
import Inference
public import ModelFile

/// Rows of a network's input to measure with.
public struct InferData: Sendable {
    private let shape: Architecture
    private let inputs: [Float]
    private let starts: [Int]
    private let scalars: [Float]

    /// Rows of standard normal values; a token network's have `positions` each.
    init(_ shape: Architecture, rows: Int, positions: Int, seed: UInt64) {
        self.shape = shape
        let length = shape.isRagged ? min(shape.length, max(1, positions)) : shape.length
        starts = (0...rows).map { $0 * length }
        var generator = SplitMix64(seed: seed)
        func normal() -> Float {
            // Box and Muller 1958.
            let radius = (-2 * log(Double.random(in: 1e-300..<1, using: &generator))).squareRoot()
            return Float(radius * cos(2 * .pi * Double.random(in: 0..<1, using: &generator)))
        }
        inputs = (0..<(rows * length * shape.channels)).map { _ in normal() }
        scalars = (0..<(rows * shape.scalars)).map { _ in normal() }
    }

    /// Rows of the network's own length without scalars, from a tensor (rows, T, C) of a safetensors file.
    public init(_ shape: Architecture, safetensors path: String, tensor: String) throws {
        self.shape = shape
        inputs = try Safetensors(contentsOf: path).values(tensor)
        let count = shape.length * shape.channels
        guard shape.scalars == 0, !inputs.isEmpty, inputs.count % count == 0 else {
            throw BenchError.unreadable(path: path, reason: "\(tensor) does not hold rows of the network's input")
        }
        starts = (0...(inputs.count / count)).map { $0 * shape.length }
        scalars = []
    }

    var positionsPerRow: Double { Double(starts[starts.count - 1]) / Double(starts.count - 1) }

    func batch(_ count: Int) -> (inputs: [Float], rows: BatchRows, scalars: [Float]) {
        var (values, ends, own): ([Float], [Int], [Float]) = ([], [0], [])
        for index in 0..<count {
            let row = index % (starts.count - 1)
            let positions = starts[row]..<starts[row + 1]
            values += inputs[(positions.lowerBound * shape.channels)..<(positions.upperBound * shape.channels)]
            own += scalars[(row * shape.scalars)..<((row + 1) * shape.scalars)]
            ends.append(ends[index] + positions.count)
        }
        return (values, .ragged(starts: ends), own)
    }
}
