"""The exception tree is the one drawn in its docstring."""

from __future__ import annotations

import inspect

from lvstui import errors


def test_each_class_is_in_the_drawing_and_explained() -> None:
    drawing = errors.__doc__ or ""
    classes = [member for _, member in inspect.getmembers(errors, inspect.isclass)]
    assert classes
    for member in classes:
        assert issubclass(member, errors.LvstuiError)
        assert member.__name__ in drawing
        assert member.__doc__


def test_a_kernel_error_says_what_on_what_and_why() -> None:
    error = errors.KernelError(17, "add address", "10.0.0.1/24", "File exists")
    assert str(error) == "add address 10.0.0.1/24: File exists"
    assert error.errno == 17


def test_a_packet_error_carries_the_counter_it_moves() -> None:
    assert errors.PacketError("ttl", "254").reason == "ttl"
    assert str(errors.PacketError("ttl")) == "ttl"
