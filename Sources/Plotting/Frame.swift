/// A rectangle of a picture, y downwards.
public struct Frame: Equatable, Sendable {
    public var x: Double
    public var y: Double
    public var width: Double
    public var height: Double

    public init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    public var right: Double { x + width }
    public var bottom: Double { y + height }

    /// The part of a segment that lies within the frame, nil when none does or an end is not finite.
    ///
    /// Source: Liang and Barsky 1984.
    public func clipped(from start: Point, to end: Point) -> (start: Point, end: Point)? {
        guard start.isFinite, end.isFinite else { return nil }
        let (dx, dy) = (end.x - start.x, end.y - start.y)
        var (enter, leave) = (0.0, 1.0)
        let sides = [(-dx, start.x - x), (dx, right - start.x), (-dy, start.y - y), (dy, bottom - start.y)]
        for (direction, room) in sides {
            if direction == 0 {
                if room < 0 { return nil }
            } else if direction < 0 {
                enter = max(enter, room / direction)
            } else {
                leave = min(leave, room / direction)
            }
        }
        guard enter <= leave else { return nil }
        return (Point(start.x + enter * dx, start.y + enter * dy), Point(start.x + leave * dx, start.y + leave * dy))
    }

    public func contains(_ point: Point) -> Bool {
        point.x >= x && point.x <= right && point.y >= y && point.y <= bottom
    }
}
