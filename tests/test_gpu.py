"""Worker processes on one GPU, with TensorFlow's device list in place of a real one."""

import multiprocessing

import pytest
import tensorflow as tf

from keraseq.training.gpu import share_gpu


@pytest.fixture
def growth(monkeypatch):
    """What was set, with one GPU and this process a worker."""
    made = {}
    monkeypatch.delenv("TF_FORCE_GPU_ALLOW_GROWTH", raising=False)
    monkeypatch.setattr(multiprocessing.current_process(), "_name", "LokyProcess-1")
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: ["gpu"])
    monkeypatch.setattr(tf.config, "get_logical_device_configuration", lambda device: None)
    monkeypatch.setattr(tf.config.experimental, "get_memory_growth", made.get)
    monkeypatch.setattr(tf.config.experimental, "set_memory_growth", made.__setitem__)
    return made


def test_a_worker_takes_gpu_memory_as_it_needs_it(growth):
    share_gpu()
    assert growth == {"gpu": True}


def test_what_the_user_configured_stays(growth, monkeypatch):
    growth["gpu"] = False
    share_gpu()
    assert growth == {"gpu": False}
    growth.clear()
    monkeypatch.setenv("TF_FORCE_GPU_ALLOW_GROWTH", "false")
    share_gpu()
    assert growth == {}


def test_the_main_process_is_left_alone(growth, monkeypatch):
    monkeypatch.setattr(multiprocessing.current_process(), "_name", "MainProcess")
    share_gpu()
    assert growth == {}


def test_a_device_in_use_is_no_error(growth, monkeypatch):
    def refuse(device, value):
        raise RuntimeError("Physical devices cannot be modified after being initialized")

    monkeypatch.setattr(tf.config.experimental, "set_memory_growth", refuse)
    share_gpu()
