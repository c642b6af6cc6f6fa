#pragma once

#include <string>
#include <utility>
#include <variant>

namespace neph {

/// One enumerator for each failure that some caller treats differently, and no more.
enum class ErrorCode {
    CannotRead,     ///< The file or socket could not be opened or read.
    CannotWrite,    ///< The file could not be written; what was there before is untouched.
    TooLarge,       ///< Over a limit that is checked before parsing.
    NotJson,        ///< The text is not the format it should be.
    UnknownFormat,  ///< Well formed, but not one of our files.
    NewerVersion,   ///< Written by a newer Nephoscope.
    Invalid,        ///< Understood, and wrong: see `where` and `what`.
    NotFound,       ///< A name that nothing answers to.
};

/// Why something could not be done, for the person at the screen.
struct Error {
    ErrorCode code;
    std::string where;  ///< JSON pointer, file name, line or node id.
    std::string what;   ///< One sentence: what was found, what is allowed, a way on.
};

/// A value, or the reason why there is none. The world said no; bugs abort instead.
template <typename T>
class [[nodiscard]] Result {
public:
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}

    explicit operator bool() const { return m_state.index() == 0; }
    T& operator*() { return std::get<0>(m_state); }
    const T& operator*() const { return std::get<0>(m_state); }
    T* operator->() { return &std::get<0>(m_state); }
    const T* operator->() const { return &std::get<0>(m_state); }
    const Error& error() const { return std::get<1>(m_state); }

private:
    std::variant<T, Error> m_state;
};

/// The result of an action that yields nothing.
struct Done {};

}  // namespace neph
