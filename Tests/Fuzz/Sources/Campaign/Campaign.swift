import Alerts
import Foundation

/// The seeded campaign, and the maker of libFuzzer's corpus.
///
///     program corpus CORPUS SCHEMAS [DATA]    write seeds and schemas
///     program run COUNT SEED [DATA]           decode COUNT mutated inputs, report
///     program replay FILE...                  give files to the inspector as they are
@main
enum Campaign {
    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        func folder(_ index: Int) -> URL? {
            arguments.count > index && !arguments[index].isEmpty ? URL(fileURLWithPath: arguments[index]) : nil
        }
        switch arguments.first {
        case "corpus":
            guard let corpus = folder(1), let schemas = folder(2) else { return usage() }
            let seeds = try Seeds(data: folder(3))
            try seeds.write(corpus: corpus, schemas: schemas, data: folder(3))
            print("\(seeds.messages.count) messages, \(seeds.records.count) records, \(seeds.schemas.count) schemas")
        case "run":
            guard arguments.count > 2, let count = Int(arguments[1]), let seed = UInt64(arguments[2]) else {
                return usage()
            }
            run(count: count, seed: seed, seeds: try Seeds(data: folder(3)))
        case "replay":
            let inspector = Inspector(resources: Resources())
            for path in arguments.dropFirst() {
                let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
                bytes.withUnsafeBytes { inspector.inspect($0) }
            }
            report(inspector)
        default: usage()
        }
    }

    private static func usage() {
        FileHandle.standardError.write(Data("usage: program corpus|run|replay (Tests/Fuzz/run says how)\n".utf8))
        exit(2)
    }

    private static func run(count: Int, seed: UInt64, seeds: Seeds) {
        let inspector = Inspector(resources: Resources())
        var kinds: [Mutator.Kind: Int] = [:]
        let start = DispatchTime.now().uptimeNanoseconds
        for trial in 0..<count {
            // A generator for each input: any one can be made again without the ones before it.
            var random = SplitMix64(seed: seed &+ UInt64(trial) &* 0x2545_f491_4f6c_dd1d)
            let (input, kind) = input(seeds, &random)
            kinds[kind, default: 0] += 1
            // An exact copy on the heap, so that reading one byte too far is seen.
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: input.count, alignment: 1)
            copy.copyBytes(from: input)
            inspector.inspect(UnsafeRawBufferPointer(copy))
            copy.deallocate()
            if (trial + 1) % 100_000 == 0 { print("\(trial + 1) inputs") }
        }
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
        print("\(count) inputs, seed \(seed), \(String(format: "%.0f", seconds)) s")
        for (kind, count) in kinds.sorted(by: { $0.value > $1.value }) { print("  mutation \(kind): \(count)") }
        report(inspector)
    }

    private static func report(_ inspector: Inspector) {
        for (kind, count) in inspector.outcomes.sorted(by: { $0.value > $1.value }) {
            print("  outcome \(kind): \(count)")
        }
        let slowest = inspector.slowest
        let milliseconds = String(format: "%.2f", Double(slowest.nanoseconds) / 1e6)
        print("  slowest call: \(milliseconds) ms CPU (\(slowest.entry), \(slowest.byteCount) bytes)")
        print("  most memory held after a message: \(String(format: "%.1f", inspector.heaviest)) times its bytes")
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        print("  peak resident memory: \(usage.ru_maxrss / 1024) MiB")
    }

    /// One mutated input, with the last mutation made to it.
    private static func input(_ seeds: Seeds, _ random: inout SplitMix64) -> ([UInt8], Mutator.Kind) {
        let choice = random.below(100)
        if choice < 40 || seeds.records.isEmpty {
            // Mostly behind the schema: one that is new costs a compilation, a hundred times what an alert costs.
            let message = seeds.messages[random.below(seeds.messages.count)]
            let fixed = choice < 35 ? message.headerEnd : 0
            var bytes = Array(message.bytes[fixed...])
            let kind = Mutator.mutate(&bytes, &random)
            bytes = message.bytes[..<fixed] + bytes
            if choice < 4 { bytes.insert(UInt8(ascii: choice < 2 ? "M" : "W"), at: 0) }
            return (bytes, kind)
        }
        if choice < 41 {
            var bytes = seeds.schemas[random.below(seeds.schemas.count)]
            let kind = Mutator.mutate(&bytes, &random)
            return ([UInt8(ascii: "S")] + bytes, kind)
        }
        // Within the record, behind every codec; compressing costs more than decoding, so mostly without.
        let record = seeds.records[random.below(seeds.records.count)]
        var content = record.content
        let kind = Mutator.mutate(&content, &random)
        let codec = random.below(10) == 0 ? random.below(Compression.allCases.count) : 0
        let count = random.below(20) == 0 ? UInt8(random.below(4)) : 1
        return ([UInt8(ascii: "B"), UInt8(codec), UInt8(truncatingIfNeeded: record.schema), count] + content, kind)
    }
}
