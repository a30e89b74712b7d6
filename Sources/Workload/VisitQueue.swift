/// Coming exposures in order of time: a binary heap over (jd, serial), so that equal times have one order too.
struct VisitQueue {
    struct Entry {
        var jd: Double
        /// Number of the object in order of appearance; breaks ties.
        var serial: UInt64
        var slot: Int
        var visit: Cadence.Visit

        func precedes(_ other: Entry) -> Bool {
            jd != other.jd ? jd < other.jd : serial < other.serial
        }
    }

    private var entries: [Entry] = []

    var first: Entry? { entries.first }

    mutating func insert(_ entry: Entry) {
        entries.append(entry)
        var index = entries.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            guard entries[index].precedes(entries[parent]) else { break }
            entries.swapAt(index, parent)
            index = parent
        }
    }

    mutating func removeFirst() -> Entry? {
        guard let last = entries.popLast() else { return nil }
        guard let first = entries.first else { return last }
        entries[0] = last
        var index = 0
        while true {
            var smallest = index
            for child in (2 * index + 1)...(2 * index + 2) where child < entries.count {
                if entries[child].precedes(entries[smallest]) { smallest = child }
            }
            guard smallest != index else { return first }
            entries.swapAt(index, smallest)
            index = smallest
        }
    }
}
