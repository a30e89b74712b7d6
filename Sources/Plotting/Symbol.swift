import Foundation

/// The shape of a series' points; each series has its own, so that a plot can be read without colours.
public enum Symbol: Sendable, CaseIterable {
    case circle, square, diamond, triangle, star, pentagon

    /// Corners of the shape around the origin, y downwards, all within `radius`; none for a circle.
    func corners(radius: Double) -> [Point] {
        switch self {
        case .circle: []
        case .square: Self.corners(count: 4, from: 45, radii: [radius * 1.15])
        case .diamond: Self.corners(count: 4, from: 90, radii: [radius * 1.25])
        case .triangle: Self.corners(count: 3, from: 90, radii: [radius * 1.25])
        case .star: Self.corners(count: 10, from: 90, radii: [radius * 1.4, radius * 0.6])
        case .pentagon: Self.corners(count: 5, from: 90, radii: [radius * 1.2])
        }
    }

    /// A triangle that points down: an upper limit.
    static func limitCorners(radius: Double) -> [Point] { corners(count: 3, from: 270, radii: [radius * 1.15]) }

    private static func corners(count: Int, from degrees: Double, radii: [Double]) -> [Point] {
        (0..<count).map { index in
            let angle = (degrees + 360 * Double(index) / Double(count)) * .pi / 180
            let radius = radii[index % radii.count]
            return Point(radius * cos(angle), -radius * sin(angle))
        }
    }
}
