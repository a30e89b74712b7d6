import Alerts
import Plotting

extension Band {
    var ink: Ink {
        switch self {
        case .u: .violet
        case .g: .green
        case .r: .red
        case .i: .amber
        case .z: .blue
        case .y: .teal
        }
    }

    var symbol: Symbol {
        switch self {
        case .u: .star
        case .g: .circle
        case .r: .square
        case .i: .diamond
        case .z: .triangle
        case .y: .pentagon
        }
    }
}
