/// A plan together with what its one user has learnt of the bytes that it decodes.
final class LearnedPlan {
    let plan: DecodePlan
    let shapes: ShapeTable

    init(_ plan: DecodePlan) {
        self.plan = plan
        shapes = ShapeTable(sectionCount: plan.sectionCount)
    }
}
