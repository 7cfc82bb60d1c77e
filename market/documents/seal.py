"""The one file that knows the market's seal: PDFs signed with its certificate (PAdES), and such a signature checked.

The key and the certificate come from the environment (SEAL_KEY, SEAL_CERTIFICATE: PEM files), else they are made at
first use, self-signed, and kept beside the database, readable by the market alone.
"""

import datetime as dt
import io
import os
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from asn1crypto import pem
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from market.kernel import clock

FIELD = "Seal"
YEARS = 10
ROOM = 16 * 1024  # hexadecimal digits kept for a signature; unsaid, the library signs twice to see how many it takes


def sealed(pdf: bytes, *, reason: str) -> bytes:
    """The PDF with the market's signature over all of it, saying why; a changed byte breaks it (see `verify`)."""
    key, certificate = _kept()
    signer = signers.SimpleSigner.load(str(key), str(certificate))
    how = signers.PdfSignatureMetadata(
        field_name=FIELD,
        reason=reason,
        name=settings.SITE_NAME,
        subfilter=SigSeedSubFilter.PADES,
        md_algorithm="sha256",
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    made = signers.sign_pdf(writer, how, signer=signer, bytes_reserved=ROOM)
    return bytes(made.getvalue())


def certificate_pem() -> bytes:
    """The certificate a stranger verifies with, as PEM."""
    return _kept()[1].read_bytes()


def verify(pdf: bytes, certificate: bytes) -> bool:
    """Whether the PDF carries exactly one signature, by that certificate (PEM), over every byte of it; asks no network."""
    _, _, der = pem.unarmor(certificate)
    try:
        (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        trust = ValidationContext(trust_roots=[asn1.Certificate.load(der)], allow_fetching=False)
        _start, _length, after, rest = signature.byte_range
        return after + rest == len(pdf) and bool(validate_pdf_signature(signature, trust).bottom_line)
    except Exception:  # what cannot be read as a signed PDF is none: the library raises many kinds for broken bytes
        return False


@cache
def _kept() -> tuple[Path, Path]:
    """The files of key and certificate, made now if nobody named or made any."""
    if settings.SEAL_KEY:
        return Path(settings.SEAL_KEY), Path(settings.SEAL_CERTIFICATE)
    home = Path(settings.VAR) / "seal"
    if not home.exists():
        _make(home)
    return home / "key.pem", home / "certificate.pem"


def _make(home: Path) -> None:
    """Make both in a folder of their own and move it into place; whoever is second uses the first one's."""
    home.parent.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    with TemporaryDirectory(dir=home.parent) as folder:
        made = Path(folder) / "seal"
        made.mkdir(mode=0o700)
        plain = serialization.NoEncryption()
        _write(
            made / "key.pem", key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        )
        _write(made / "certificate.pem", _certificate(key).public_bytes(serialization.Encoding.PEM))
        try:
            made.rename(home)
        except OSError:
            if not home.exists():
                raise


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """A self-signed certificate that may sign documents and nothing else."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{settings.SITE_NAME} document seal")])
    now = clock.now()
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign", "encipher_only"), False
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=True, content_commitment=True, decipher_only=False, **usage), critical=True
        )
        .sign(key, hashes.SHA256())
    )
