import Foundation

extension ModelMetadata {
    /// The preset's definition as JSON; nil where `preset` is the name of a built-in one.
    public var presetDefinition: String? {
        preset.drop(while: \.isWhitespace).first == "{" ? preset : nil
    }

    /// What the preset is called, in the database too; nil for a definition that is not a JSON object with a name.
    ///
    /// The rest of a definition is read by the code that carries it out, and not by this module.
    public var presetName: String? {
        struct Definition: Decodable {
            var name: String
        }
        guard let presetDefinition else { return preset }
        return try? JSONDecoder().decode(Definition.self, from: Data(presetDefinition.utf8)).name
    }
}
