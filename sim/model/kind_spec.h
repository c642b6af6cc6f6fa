#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/base/result.h"
#include "sim/model/local_face.h"
#include "sim/model/property_spec.h"

namespace neph {

/// A figure of a service that is not a property: a quota, a timing, a rate. Data, with its source.
struct Fact {
    std::string key;  ///< "provisioning.seconds"
    Value value;      ///< In `unit`.
    std::string unit;
    std::string note;
    std::string source;
    std::string seen;
};

/// A rule for links that start at this kind.
struct LinkRule {
    std::vector<std::string> to;  ///< Kinds or roles ("role:compute") that the link may end at.
    std::string verb;             ///< "calls", "pulls from", "forwards to": the sentence on the canvas.
    std::vector<PropertySpec> properties;  ///< Properties of such a link.
    std::string help;
};

/// A neighbour without which a component makes little sense: a service without an image, users who call
/// nothing.
struct LinkNeed {
    std::vector<std::string> anyOf;  ///< Kinds or roles, one of which must be linked.
    std::string message;             ///< What to say otherwise: one sentence to a beginner, with the way on.
};

/// What two properties of one node may not contradict each other in. One of `below`, `atMost` and `listedIn`
/// is set.
struct ValueRule {
    std::string property;  ///< Where the diagnostic points.
    std::string below;     ///< It is less than this property.
    std::string atMost;    ///< It is no more than this property.
    std::string listedIn;  ///< A fact, {"<value of by>": [allowed values of property]}.
    std::string by;        ///< With `listedIn`.
    std::string when;      ///< "key=value|value": holds only then; empty: always.
    std::string message;   ///< What the vendor says to it: one sentence.
};

/// One kind of thing that can stand on the canvas, as its data file assets/services/<stem>.json declares it.
struct KindSpec {
    std::string id;    ///< "aws.dynamodb"
    std::string stem;  ///< "dynamodb": names of the .cpp, data files, icon, lesson, test
    std::string name;  ///< "DynamoDB table"
    std::string
        category;  ///< Heading in the palette: "Traffic", "Network", "Containers", "Registries", "Databases"
    std::vector<std::string>
        roles;            ///< What rules may call it by: "compute", "registry", "store", "frame", "balancer"
    std::string summary;  ///< One sentence: what it is for.
    std::string notFor;   ///< One sentence: what it is not for.
    bool frame = false;   ///< Drawn as a frame that contains others.
    std::vector<std::string> parents;    ///< Kinds or roles it may lie in; "canvas" is the top level.
    std::vector<LinkRule> links;         ///< What it may connect to.
    std::vector<PropertySpec> calls;     ///< What a link that ends here says, whoever calls: operation, size.
    std::vector<LinkNeed> needsLinksTo;  ///< Warned about when no such link starts here.
    std::vector<LinkNeed> needsLinksFrom;  ///< Warned about when no such link ends here.
    std::vector<PropertySpec> properties;
    std::vector<ValueRule> valueRules;
    std::vector<Fact> facts;
    std::vector<std::string>
        billing;  ///< Names of its price files' services; empty: nothing is billed (see billingNote).
    std::string billingNote;
    std::string localNote;  ///< What can stand in for it on this machine, or that it is simulation only.
    LocalFace local;        ///< What stands in for it.
    std::string patchedBy;  ///< "who patches this?": "AWS" or "you" or "AWS below, you inside"

    const PropertySpec* property(const std::string& key) const;
    /// The value of a fact; aborts where there is none: the contract test keeps file and code together.
    const Value& fact(const std::string& key) const;
    bool hasRole(const std::string& role) const;
    /// Whether one of `names` (kinds, or "role:<role>") means this kind.
    bool isOneOf(const std::vector<std::string>& names) const;
};

/// Reads one data file. Errors name the file and the JSON pointer.
Result<KindSpec> readKindSpec(std::string_view text, const std::string& file);

}  // namespace neph
