extension RegridReport {
    /// The report as lines of text.
    public var table: [String] {
        var text = [
            "\(machine.cpu), \(machine.cores) cores, load \(Table.number(machine.loadAverage, 2))",
            "fit and mean on \(regridLength) x \(CurveSet.passbands.count) grid points; microseconds a curve: best and median of "
                + "\(repetitions) repetitions",
            "",
            Self.row("engine", "curves", "points", "threads", "queue", "us best", "us median", "peer is", "1 thread is"),
        ]
        for line in lines {
            text.append(
                Self.row(
                    line.engine, line.set, Table.number(line.points, 0), "\(line.threads)", "\(line.queue)",
                    Table.number(line.bestMicroseconds, 2), Table.number(line.medianMicroseconds, 2),
                    line.timesPeer.map { Table.number($0, 1) + " x" } ?? "",
                    line.timesOneThread.map { Table.number($0, 2) + " x" } ?? ""))
        }
        text.append("")
        for allocation in allocations {
            let count = allocation.perAlert.map { Table.number($0, 3) + " per curve in steady state" }
            text.append(
                "heap allocations, \(allocation.engine), \(allocation.set), \(Table.number(allocation.points, 0)) points: "
                    + (count ?? "cannot be counted in this build"))
        }
        for agreement in agreements {
            text.append(
                "optima, \(agreement.engine), \(agreement.set), \(Table.number(agreement.points, 0)) points: of \(agreement.curves) "
                    + "\(Table.number(agreement.equal * 100, 1)) % as the plain engine's, "
                    + "\(Table.number(agreement.better * 100, 1)) % better, \(Table.number(agreement.worse * 100, 1)) % worse")
        }
        if let peerVersions { text.append(peerVersions) }
        return text + skipped
    }

    private static func row(
        _ engine: String, _ set: String, _ points: String, _ threads: String, _ queue: String, _ best: String,
        _ median: String, _ peer: String, _ alone: String
    ) -> String {
        Table.left(engine, 18) + Table.left(set, 10) + Table.right(points, 7) + Table.right(threads, 8)
            + Table.right(queue, 7) + Table.right(best, 11) + Table.right(median, 11) + Table.right(peer, 11)
            + Table.right(alone, 13)
    }
}
