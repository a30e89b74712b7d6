import Alerts
import ArgumentParser
import AvroCoding
import Foundation
import Settings

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Says what this release makes of a schema.",
        subcommands: [SchemaExplainCommand.self, SchemaFingerprintCommand.self])
}

/// The file and the place of its schema, if that is not inside.
struct SchemaFileOptions: ParsableArguments {
    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var schemaOptions: SchemaOptions

    @Argument(help: "An Avro container, a message in a Confluent frame or single-object encoding, or an .avsc file.")
    var file: String

    func document() throws -> SchemaDocument {
        let settings = schemaOptions.applied(to: try options.read())
        return try SchemaDocument(path: file, schemas: settings.schemaSource(waitUnknownMs: 0))
    }
}

struct SchemaExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Prints whose schema it is, which fields fill which value, which are absent, and the decode plan.",
        discussion: "Status 1 when the schema is of no known survey or lacks a needed field.")

    @OptionGroup var source: SchemaFileOptions

    func run() throws {
        let document = try source.document()
        let explanation = SchemaExplanation(document.schema)
        print("file         \(source.file): \(Self.describe(document.kind))")
        print("schema       \(document.schema.title)")
        print("fingerprint  \(document.schema.fingerprintText)")
        print("survey       \(explanation.survey?.name ?? "unknown")")
        if !explanation.uses.isEmpty {
            print("\nfields that are read, and the value that each fills:")
            let width = explanation.uses.map(\.field.count).max() ?? 0
            let typeWidth = explanation.uses.map(\.type.count).max() ?? 0
            for use in explanation.uses {
                print("  " + Self.padded(use.field, width) + Self.padded(use.type, typeWidth) + use.value)
            }
        }
        if !explanation.absent.isEmpty {
            print("\nfields that this schema does not have (absent: NaN, or unknown):")
            for field in explanation.absent { print("  " + field) }
        }
        let plan = try DecodePlan(alertSchema: document.schema)
        print("\n\(plan)", terminator: "")
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count) + 2)
    }

    private static func describe(_ kind: SchemaDocument.Kind) -> String {
        switch kind {
        case .schemaFile: "a schema"
        case .message(.container): "an Avro container"
        case .message(.confluent(let id)): "a Confluent frame with schema id \(id)"
        case .message(.singleObject(let fingerprint)):
            "a single-object message with fingerprint \(AvroSchema.text(ofFingerprint: fingerprint))"
        }
    }
}

struct SchemaFingerprintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fingerprint",
        abstract: "Prints a schema's CRC-64-AVRO fingerprint, as the bytes that single-object encoding has.")

    @OptionGroup var source: SchemaFileOptions

    func run() throws {
        print(try source.document().schema.fingerprintText)
    }
}
